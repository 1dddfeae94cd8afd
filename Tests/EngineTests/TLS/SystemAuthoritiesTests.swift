import Testing

@testable import Engine

/// Which list of authorities is trusted where OpenSSL's own places do not exist.
@Suite struct SystemAuthoritiesTests {
    static let defaults = ["/usr/lib/ssl/cert.pem", "/usr/lib/ssl/certs"]

    private static func file(isNamed: Bool = false, existing: Set<String>) -> String? {
        SystemAuthorities.file(isNamed: isNamed, defaults: Self.defaults, exists: existing.contains)
    }

    @Test("the first file that exists counts", arguments: SystemAuthorities.files.indices)
    func first(_ index: Int) {
        #expect(Self.file(existing: Set(SystemAuthorities.files[index...])) == SystemAuthorities.files[index])
    }

    @Test("no file is trusted besides a place of OpenSSL's own", arguments: Self.defaults)
    func ownPlace(_ place: String) {
        #expect(Self.file(existing: Set(SystemAuthorities.files + [place])) == nil)
    }

    @Test("no file is trusted besides those that the environment names")
    func named() {
        #expect(Self.file(isNamed: true, existing: Set(SystemAuthorities.files)) == nil)
    }

    @Test("where no file exists, none is trusted")
    func none() {
        #expect(Self.file(existing: []) == nil)
    }
}
