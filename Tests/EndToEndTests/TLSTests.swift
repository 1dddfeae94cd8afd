import Foundation
import Testing

extension EndToEnd {
    /// headroom over TLS against nginx, and against its own demo.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct TLSTests {
        /// Self-signed certificates: one of a server on 127.0.0.1, one of a client.
        static func certificates() throws -> (server: String, client: String) {
            let folder = try Scratch.folder().path
            for (name, extra) in [("server", "subjectAltName=IP:127.0.0.1"), ("client", "subjectAltName=DNS:client")] {
                let made = try Command.run(
                    "openssl",
                    [
                        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=\(name)", "-addext", extra, "-keyout", "\(folder)/\(name).key", "-out",
                        "\(folder)/\(name).pem",
                    ], limit: 20)
                try #require(made.status == 0, "\(made.errors)")
            }
            return (folder + "/server", folder + "/client")
        }

        /// What nginx logged is what headroom sent and read inside TLS; ciphertext is more.
        private func check(_ run: Run, _ log: URL, _ location: SourceLocation = #_sourceLocation) throws {
            let ok = run.json.number("requests.ok")
            _ = Running.until(limit: 5) { ((try? NginxTests.Log(log).requests) ?? 0) >= ok }
            let counted = try NginxTests.Log(log)
            #expect(run.json.number("requests.in_flight_at_end") == 0, sourceLocation: location)
            #expect(ok > 0 && counted.requests == ok, sourceLocation: location)
            #expect(counted.bodyBytes == run.json.number("bytes.received.body"), sourceLocation: location)
            let received = run.json.number("bytes.received.header") + run.json.number("bytes.received.body")
            let sent = run.json.number("bytes.sent.header") + run.json.number("bytes.sent.body")
            #expect(counted.bytesSent == received, sourceLocation: location)
            #expect(counted.bytesReceived == sent, sourceLocation: location)
            #expect(run.json.number("bytes.received.socket") > received, sourceLocation: location)
            #expect(run.json.number("bytes.sent.socket") > sent, sourceLocation: location)
        }

        @Test("nginx counts the same requests and bytes, with a client certificate", arguments: ["1.2", "1.3"])
        func nginx(_ version: String) throws {
            let files = try Self.certificates()
            let (server, log) = try Server.nginx(
                secured: """
                    ssl_certificate \(files.server).pem; ssl_certificate_key \(files.server).key;
                    ssl_protocols TLSv1.2 TLSv1.3; ssl_client_certificate \(files.client).pem; ssl_verify_client on;
                    """)
            let run = try Run([
                server.securedURL("/50k"), "-c", "20", "-n", "60", "-t", "2", "--cacert", files.server + ".pem",
                "--cert", files.client + ".pem", "--key", files.client + ".key", "--tls-max", version,
            ])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("requests.ok") == 600)
            #expect(run.json.number("connections.tls.handshakes") == 20)
            #expect(run.json.text("conditions.tls_version") == "TLSv\(version)")
            #expect(run.json.text("conditions.tls_alpn") == "http/1.1")
            try self.check(run, log)
            // Without the certificate nginx answers with a status of its own.
            let stranger = try Run([
                server.securedURL("/50k"), "-c", "1", "-n", "1", "--cacert", files.server + ".pem",
            ])
            #expect(stranger.status == 69 && stranger.errors.keys.contains("status"), "\(stranger.errors)")
        }

        @Test("nginx's tickets are resumed if that was asked for", arguments: [true, false])
        func resumption(_ isAsked: Bool) throws {
            let files = try Self.certificates()
            let (server, log) = try Server.nginx(
                secured: "ssl_certificate \(files.server).pem; ssl_certificate_key \(files.server).key;")
            let run = try Run(
                [
                    server.securedURL("/50k"), "-c", "2", "-n", "20", "-t", "1", "--connection", "per_session", "-k",
                ] + (isAsked ? ["--resume"] : []))
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.command.errors.contains("--insecure"))
            #expect(run.json.text("conditions.tls_verified").contains("--insecure"))
            #expect(run.json.number("connections.tls.handshakes") == 20)
            #expect(run.json.number("connections.tls.resumed") == (isAsked ? 18 : 0))
            try self.check(run, log)
        }

        @Test("OpenSSL reads every record where that was asked for", arguments: ["own", "openssl"])
        func reader(_ word: String) throws {
            let files = try Self.certificates()
            let (server, log) = try Server.nginx(
                secured: "ssl_certificate \(files.server).pem; ssl_certificate_key \(files.server).key;")
            let run = try Run([
                server.securedURL("/50k"), "-c", "2", "-n", "20", "-t", "1", "-k", "--tls-reader", word,
            ])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.text("conditions.tls_reader").hasPrefix(word))
            #expect(run.json.number("bytes.received.body") == 200 * 50_000)
            try self.check(run, log)
        }

        @Test("the demo runs over TLS, its certificate verified")
        func demo() throws {
            let command = try Command.run(
                ["demo", "--tls", "-c", "20", "-d", "1s", "--ramp", "0", "--every", "0", "--no-record", "--verbose"],
                limit: 30)
            #expect(command.status == 0, "\(command.errors)")
            #expect(command.output.contains("https://127.0.0.1:"))
            #expect(command.output.contains("handshake"))
        }
    }
}
