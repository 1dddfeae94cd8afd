import CLinux
import COpenSSL

/// The authorities that the system trusts, where OpenSSL does not find them itself: it looks at the places that were
/// set when it was built, so the one in the tarball looks where Debian has them.
enum SystemAuthorities {
    /// Where distributions have the list of authorities as one file in PEM; the first that exists counts.
    static let files = [
        "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Arch
        "/etc/pki/tls/certs/ca-bundle.crt",  // Fedora, Red Hat
        "/etc/ssl/ca-bundle.pem",  // openSUSE
        "/etc/ssl/cert.pem",  // others
    ]

    /// The file to trust besides what OpenSSL finds; nil where it has a place of its own, or where no file is known.
    static var file: String? {
        let names = [X509_get_default_cert_file_env(), X509_get_default_cert_dir_env()]
        let places = [X509_get_default_cert_file(), X509_get_default_cert_dir()]
        return Self.file(
            isNamed: names.contains { $0.map { getenv($0) != nil } ?? false },
            defaults: places.compactMap { $0.map { String(cString: $0) } }, exists: { access($0, F_OK) == 0 })
    }

    /// The choice. `isNamed`: the environment names the authorities. `defaults`: OpenSSL's own file and folder.
    static func file(isNamed: Bool, defaults: [String], exists: (String) -> Bool) -> String? {
        if isNamed || defaults.contains(where: exists) { return nil }
        return Self.files.first(where: exists)
    }
}
