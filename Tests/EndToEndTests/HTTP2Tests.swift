import Foundation
import Testing

extension EndToEnd {
    /// HTTP/2 against servers of other projects, and on the command line.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct HTTP2Tests {
        /// The log has the requests of run.json; its body bytes are those of DATA frames, nine more for each frame.
        private func check(
            _ run: Run, _ log: URL, requests: Int, _ location: SourceLocation = #_sourceLocation
        ) throws {
            #expect(run.status == 0, "\(run.command.errors)", sourceLocation: location)
            #expect(run.json.number("requests.ok") == requests, sourceLocation: location)
            let body = run.json.number("bytes.received.body")
            #expect(body == requests * 50_000, sourceLocation: location)
            _ = Running.until(limit: 5) { ((try? NginxTests.Log(log).requests) ?? 0) >= requests }
            let counted = try NginxTests.Log(log)
            #expect(counted.requests == requests, sourceLocation: location)
            #expect(
                counted.bodyBytes >= body && counted.bodyBytes < body + requests * 9 * 20, sourceLocation: location)
            #expect(counted.bytesSent <= run.json.number("bytes.received.socket"), sourceLocation: location)
        }

        @Test("nginx over h2c: its log has the requests and the bytes of run.json", arguments: [1, 10])
        func nginx(streams: Int) throws {
            let (server, log) = try Server.nginx(extra: "keepalive_requests 10000;")
            let run = try Run([
                server.http2URL("/50k"), "--http", "h2c", "--streams", "\(streams)", "-c", "40", "-n", "400", "-t",
                "2",
            ])
            try self.check(run, log, requests: 4_000)
            #expect(run.json.number("connections.opened") == 40 / streams)
            #expect(run.json.text("conditions.protocol") == "HTTP/2, users per connection: \(streams)")
        }

        @Test("nginx over TLS picks HTTP/2 if it is set up for it, and each user keeps a connection of its own")
        func picked() throws {
            let files = try TLSTests.certificates()
            let (server, log) = try Server.nginx(
                secured: "ssl_certificate \(files.server).pem; ssl_certificate_key \(files.server).key;",
                picksHTTP2: true)
            let run = try Run([
                server.securedURL("/50k"), "-c", "20", "-n", "60", "-t", "2", "--cacert", files.server + ".pem",
            ])
            try self.check(run, log, requests: 600)
            #expect(run.json.text("conditions.tls_alpn") == "h2")
            #expect(run.json.text("conditions.protocol").contains("picked by the server"))
            #expect(run.json.number("connections.tls.handshakes") == 20)
            // A client that asks for 1.1 gets it from the same server.
            let older = try Run([
                server.securedURL("/50k"), "-c", "2", "-n", "2", "--cacert", files.server + ".pem", "--http", "1.1",
            ])
            #expect(older.status == 0 && older.json.text("conditions.tls_alpn") == "http/1.1")
        }

        @Test("HTTP/2 over TLS, ten users on a connection, asked for or picked", arguments: [["--http", "2"], []])
        func shared(asked: [String]) throws {
            let files = try TLSTests.certificates()
            let (server, log) = try Server.nginx(
                secured: "ssl_certificate \(files.server).pem; ssl_certificate_key \(files.server).key;",
                picksHTTP2: true)
            let run = try Run([
                server.securedURL("/50k"), "-c", "40", "-n", "80", "-t", "2", "--cacert", files.server + ".pem",
                "--streams", "10",
            ] + asked)
            try self.check(run, log, requests: 800)
            #expect(run.json.number("connections.tls.handshakes") == 4)
        }

        @Test("a redirect to another name of the server is followed over both protocols, under that name", arguments: ["1.1", "2"])
        func followHost(http: String) throws {
            let files = try TLSTests.certificates()
            let (server, _) = try Server.nginx(
                secured: "ssl_certificate \(files.server).pem; ssl_certificate_key \(files.server).key;"
                    + " location = /moved { return 301 https://$arg_to:$server_port/named; }"
                    + " location = /named { if ($host != localhost) { return 404; } return 200 named; }",
                picksHTTP2: true)
            func run(_ host: String) throws -> Run {
                try Run([
                    server.securedURL("/moved?to=\(host)"), "-c", "2", "-n", "4", "-t", "1", "--insecure", "--http", http,
                    "--follow", "1", "--follow-host", host,
                ])
            }
            let followed = try run("localhost")
            #expect(followed.status == 0, "\(followed.command.output)\(followed.command.errors)")
            let redirects = followed.json.number("redirects.301")
            #expect(redirects > 0 && followed.json.number("redirects.followed") == redirects)
            #expect(followed.json.number("status.2xx") == redirects && followed.errors == [:])
            #expect(followed.json.number("connections.opened") == 2)
            #expect(followed.json.object("conditions")["follow_hosts"] as? [String] == ["localhost"])
            // A name with another address is reported as such, and not followed.
            let elsewhere = try run("127.0.0.2")
            #expect(elsewhere.json.number("redirects.followed") == 0 && elsewhere.json.number("redirects.301") > 0)
            #expect(elsewhere.status == 10)
            #expect(elsewhere.command.errors.contains("--follow-host 127.0.0.2: it has the address 127.0.0.2:"))
            #expect(elsewhere.json.object("conditions")["follow_hosts_elsewhere"] as? [String] == ["127.0.0.2"])
        }

        @Test(
            "a server without HTTP/2 is a handshake failure if HTTP/2 was asked for, and a notice if the server picks")
        func mismatch() throws {
            let files = try TLSTests.certificates()
            let (server, _) = try Server.nginx(
                secured: "ssl_certificate \(files.server).pem; ssl_certificate_key \(files.server).key;")
            let run = try Run([
                server.securedURL("/50k"), "-c", "1", "-n", "1", "--cacert", files.server + ".pem", "--http", "2",
            ])
            #expect(run.status == 69)
            #expect(run.errors.keys.contains("tls_handshake"), "\(run.errors)")
            // If the server picks, headroom waits for its choice before it shares connections, and reports that it does
            // not share.
            let picked = try Run([
                server.securedURL("/50k"), "-c", "4", "-n", "4", "--cacert", files.server + ".pem", "--streams", "2",
            ])
            #expect(picked.status == 0)
            #expect(picked.json.number("connections.opened") == 4)
            #expect(picked.command.errors.contains("the server picked HTTP/1.1"), "\(picked.command.errors)")
        }

        @Test("if headroom cannot ask for the server's choice, the run fails and sends no byte of a request")
        func undecided() throws {
            let files = try TLSTests.certificates()
            let (server, log) = try Server.nginx(
                secured: "ssl_certificate \(files.server).pem; ssl_certificate_key \(files.server).key;",
                picksHTTP2: true)
            let run = try Run([server.securedURL("/50k"), "-c", "1", "-n", "1"])
            #expect(run.status == 69)
            #expect(run.errors.keys.contains("tls_verify"), "\(run.errors)")
            #expect(run.json.text("conditions.protocol").hasPrefix("HTTP/1.1; what the server would pick is not known"))
            #expect(run.command.errors.contains("which HTTP it speaks is not known"), "\(run.command.errors)")
            // The message has the reason, and what to do.
            #expect(run.command.errors.contains("with --cacert"), "\(run.command.errors)")
            #expect(run.json.number("bytes.sent.header") == 0)
            #expect(try NginxTests.Log(log).requests == 0)
        }

        @Test("nginx announces ends with GOAWAY: nothing fails, and no hold is lost")
        func goAway() throws {
            let (server, _) = try Server.nginx(extra: "keepalive_requests 50;")
            let run = try Run([
                server.http2URL("/50k"), "--http", "h2c", "--streams", "4", "-c", "20", "-d", "1s", "-t", "1",
                // Streams above the announced last one are sent again, which the protocol allows, and counted.
                "--slo", "resent < 20%",
            ])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("requests.failed") == 0)
            #expect(run.json.number("users.held.lowest") == 20)
            #expect(run.json.number("users.reconnects") > 0)
        }

        @Test("windows and frames are as asked for: nginx fills frames of 32 KiB, and waits for windows")
        func settings() throws {
            let (server, _) = try Server.nginx(extra: "http2_chunk_size 64k;")
            func run(_ options: [String]) throws -> Run {
                let run = try Run(
                    [server.http2URL("/50k"), "--http", "h2c", "-c", "1", "-n", "2", "-t", "1"] + options)
                #expect(run.status == 0, "\(run.command.errors)")
                #expect(run.json.number("bytes.received.body") == 20 * 50_000)
                return run
            }
            let usual = try run([])
            let large = try run(["--h2-frame", "64KiB"])
            // The same bodies in fewer frames: nine bytes less for each frame saved.
            #expect(large.json.number("bytes.received.socket") < usual.json.number("bytes.received.socket"))
            // A window smaller than the body: more must be granted before the body is whole.
            let narrow = try run(["--h2-window", "10KB"])
            #expect(narrow.json.number("bytes.sent.socket") > usual.json.number("bytes.sent.socket"))
            #expect(narrow.json.text("conditions.http2_settings").hasPrefix("window 10000,"))
        }

        @Test("nghttpd over h2c: every request is answered, to the byte")
        func nghttpd() throws {
            let server = try Server.nghttpd()
            let run = try Run([
                server.url("/50k"), "--http", "h2c", "--streams", "5", "-c", "20", "-n", "100", "-t", "1",
            ])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("requests.ok") == 1_000)
            #expect(run.json.number("bytes.received.body") == 1_000 * 50_000)
        }

        @Test("The summary and run.json name how many connections were shared")
        func summary() throws {
            let server = try Server.target()
            let run = try Run([
                server.url("/bytes/100"), "--http", "h2c", "--streams", "10", "-c", "20", "-d", "500ms", "-t", "1",
            ])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.command.output.contains("on 2 HTTP/2 connections"), "\(run.command.output)")
            #expect(run.json.number("connections.held.lowest") == 2)
            #expect(run.json.number("load.streams") == 10)
        }

        @Test("demo --http 2: TLS, ALPN, and shared connections")
        func demo() throws {
            let run = try Run(["demo", "--http", "2", "--streams", "10", "-c", "40", "-d", "1s", "--every", "100ms"])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("requests.failed") == 0)
            #expect(run.json.number("connections.held.lowest") == 4)
            #expect(run.json.number("connections.tls.handshakes") == 4)
        }
    }
}
