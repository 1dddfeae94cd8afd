import Foundation
import Testing

/// Certificates for the tests, made once with the openssl command, in a folder that ends with the process.
struct TLSFiles {
    let folder: String

    static let shared: Result<TLSFiles, any Error> = Result { try TLSFiles() }

    /// An authority, and its leaves: `good` (localhost, 127.0.0.1), `expired`, `future`, `other` (elsewhere.test),
    /// `client`, and one with a key of each other kind. `under-rsa-root` and `under-dsa-root` are leaves of the
    /// authorities of these names; `self` signs itself; `stranger` is another authority.
    static func get() throws -> TLSFiles { try Self.shared.get() }

    /// Kinds of keys other than P-256; the leaves are named after them.
    static let keyKinds = ["rsa", "rsa-pss", "p384", "ed25519", "ed448"]

    func path(_ name: String) -> String { self.folder + "/" + name }

    private init() throws {
        var template = Array("/tmp/headroom-tls-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template).map { String(cString: $0) })
        self.folder = made
        atexit { TLSFiles.removeFolder() }
        try Self.openssl(
            """
            cd \(made)
            new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
            openssl req -x509 $new -keyout ca.key -out ca.pem -days 10 -subj "/CN=Test Authority"
            openssl req -x509 $new -keyout stranger.key -out stranger.pem -days 10 -subj "/CN=Stranger"
            openssl req -x509 $new -keyout self.key -out self.pem -days 10 -subj "/CN=self" \
                -addext "subjectAltName=DNS:localhost,IP:127.0.0.1"
            : > index; echo 01 > serial
            printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index\\nserial=serial\\nnew_certs_dir=.\\ndefault_md=sha256\\n' > conf
            printf 'policy=p\\ncopy_extensions=copy\\nunique_subject=no\\n[p]\\ncommonName=supplied\\n' >> conf
            leaf() {
                openssl req $new -keyout $1.key -out $1.csr -subj "/CN=$1" -addext "subjectAltName=$2"
                openssl ca -batch -config conf -cert ca.pem -keyfile ca.key -in $1.csr -out $1.pem -notext \
                    -startdate $3 -enddate $4
            }
            leaf good DNS:localhost,IP:127.0.0.1 20200101000000Z 20450101000000Z
            leaf expired DNS:localhost 20200101000000Z 20210101000000Z
            leaf future DNS:localhost 20440101000000Z 20450101000000Z
            leaf other DNS:elsewhere.test 20200101000000Z 20450101000000Z
            leaf client DNS:client 20200101000000Z 20450101000000Z
            for kind in \(Self.keyKinds.joined(separator: " ")); do
                case $kind in
                    rsa) new="-newkey rsa:2048 -nodes" ;;
                    rsa-pss) new="-newkey rsa-pss -pkeyopt rsa_keygen_bits:2048 -nodes" ;;
                    p384) new="-newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes" ;;
                    *) new="-newkey $kind -nodes" ;;
                esac
                leaf $kind DNS:localhost 20200101000000Z 20450101000000Z
            done
            openssl dsaparam -out dsa.params 2048
            for root in rsa-root dsa-root; do
                kind=rsa:2048; [ $root = rsa-root ] || kind=dsa:dsa.params
                openssl req -x509 -newkey $kind -nodes -keyout $root.key -out $root.pem -days 10 -subj "/CN=$root"
                openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout under-$root.key -out under.csr \
                    -subj "/CN=under"
                printf 'subjectAltName=DNS:localhost' > under.ext
                openssl x509 -req -in under.csr -CA $root.pem -CAkey $root.key -CAcreateserial -days 10 \
                    -extfile under.ext -out under-$root.pem
            done
            openssl ec -in good.key -out locked.key -aes128 -passout pass:secret
            """)
    }

    private static func removeFolder() {
        guard case .success(let files) = Self.shared else { return }
        try? FileManager.default.removeItem(atPath: files.folder)
    }

    private static func openssl(_ script: String) throws {
        try #require(system("set -e; exec >/dev/null 2>&1\n" + script) == 0)
    }
}
