import Foundation
import Testing

extension EndToEnd {
    /// `headroom serve --tls`, as seen by clients of other projects.
    @Suite(.serialized, .timeLimit(.minutes(1))) struct ServeTLSTests {
        /// A TLS server, its port, and the file of its certificate.
        private static func serve(_ options: [String] = []) throws -> (running: Running, port: String, file: String) {
            let file = try Scratch.folder().appendingPathComponent("ca.pem").path
            let running = try Running(
                guarded: Command.headroom,
                ["serve", "--port", "0", "--threads", "1", "--tls", "--tls-ca-out", file] + options)
            #expect(Running.until { running.output.contains("ready") })
            let url = try #require(running.output.split(separator: " ").first { $0.hasPrefix("https://") })
            return (running, String(url.split(separator: ":").last ?? ""), file)
        }

        @Test("curl trusts the written certificate and no other, by name and by address")
        func trust() throws {
            let server = try Self.serve()
            for host in ["localhost", "127.0.0.1"] {
                let url = "https://\(host):\(server.port)/bytes/30000"
                // This machine decides how names are resolved. Here it is always IPv4, because the server listens
                // there.
                let good = try Command.run("curl", ["-4", "-sS", "--cacert", server.file, url], limit: 10)
                #expect(good.status == 0 && good.output.utf8.count == 30_000, "\(good.errors)")
            }
            let stranger = try Command.run("curl", ["-4", "-sS", "https://localhost:\(server.port)/"], limit: 10)
            #expect(stranger.status == 60)
        }

        @Test("the target speaks TLS 1.2 and 1.3, none older, and answers ALPN", arguments: ["1.2", "1.3", "1.1"])
        func versions(version: String) throws {
            let server = try Self.serve()
            let run = try Command.run(
                "openssl",
                [
                    "s_client", "-connect", "127.0.0.1:\(server.port)", "-CAfile", server.file, "-alpn", "http/1.1",
                    "-verify_return_error", "-cipher", "DEFAULT@SECLEVEL=0",
                    "-tls" + version.replacingOccurrences(of: ".", with: "_"),
                ], limit: 10)
            let isSpoken = version != "1.1"
            #expect((run.status == 0) == isSpoken, "\(run.errors)")
            #expect(run.output.contains("ALPN protocol: http/1.1") == isSpoken)
            #expect(run.output.contains("Verify return code: 0") || !isSpoken)
        }

        @Test("options that do not go together are usage errors with a way out")
        func usage() throws {
            for (options, part) in [
                (["--tls-cert", "a.pem"], "belong together"),
                (["--tls-ca-out", "x"], "give --tls"),
                (["--tls-cert", "/no.pem", "--tls-key", "/no.key"], "/no.pem"),
            ] {
                let run = try Command.run(["serve", "--port", "0"] + options, limit: 10)
                #expect(run.status == 64 && run.errors.contains(part), "\(run.errors)")
            }
        }
    }
}
