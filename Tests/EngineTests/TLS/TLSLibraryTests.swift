import Testing

@testable import Engine

@Suite("What clients use of OpenSSL")
struct TLSLibraryTests {
    @Test("with the machine's OpenSSL in its default state, clients look algorithms up in a shorter list")
    func context() {
        #expect(TLSLibrary.context != nil)
        #expect(TLSLibrary.aes128 != nil && TLSLibrary.aes256 != nil && TLSLibrary.chacha20 != nil)
        #expect(TLSLibrary.hmac != nil)
    }

    @Test(
        "certificates with keys of every kind are verified, a server's and a client's",
        arguments: TLSFiles.keyKinds, [TLSVersion.v12, .v13])
    func keys(kind: String, version: TLSVersion) throws {
        let files = try TLSFiles.get()
        let pair = try TLSPair.make(certificate: kind) { client in
            client.highestVersion = version
            client.identity = TLSIdentity(
                certificateFile: files.path(kind + ".pem"), keyFile: files.path(kind + ".key"))
        } server: { server in
            server.clientAuthorityFile = files.path("ca.pem")
        }
        try Self.expectTalk(pair)
    }

    @Test(
        "keys are exchanged in groups of every kind",
        arguments: ["X25519", "X448", "P-256", "P-384", "P-521", "ffdhe2048"])
    func groups(group: String) throws {
        let pair = try TLSPair.make { client in client.groups = group }
        try Self.expectTalk(pair)
    }

    @Test(
        "ciphers of TLS 1.2 work, with a MAC of their own and without",
        arguments: [
            ("good", "ECDHE-ECDSA-AES128-SHA256"), ("good", "ECDHE-ECDSA-CHACHA20-POLY1305"),
            ("good", "ECDHE-ECDSA-AES256-GCM-SHA384"), ("rsa", "ECDHE-RSA-AES128-SHA"), ("rsa", "AES128-GCM-SHA256"),
        ])
    func oldCiphers(certificate: String, cipher: String) throws {
        let pair = try TLSPair.make(certificate: certificate) { client in
            client.highestVersion = .v12
            client.ciphers = cipher
        }
        try Self.expectTalk(pair)
        #expect(pair.client.cipher == cipher)
    }

    @Test("authorities with keys of other kinds than the server's are trusted", arguments: ["rsa-root", "dsa-root"])
    func authorities(name: String) throws {
        let files = try TLSFiles.get()
        let pair = try TLSPair.make(certificate: "under-\(name)") { $0.authorityFile = files.path("\(name).pem") }
        try Self.expectTalk(pair)
    }

    /// Expects that the handshake succeeds, and that data passes both ways.
    private static func expectTalk(_ pair: TLSPair) throws {
        let (client, server) = pair.handshake()
        #expect(client == .done && server == .done, "\(client), \(server)")
        guard client == .done && server == .done else { return }
        let words = Array("hello".utf8)
        #expect(try pair.pass(words, from: pair.client, to: pair.server) == words)
        #expect(try pair.pass(words, from: pair.server, to: pair.client) == words)
    }
}
