import Foundation
import Testing

extension EndToEnd {
    /// HTTP/2 against servers of somebody else's, and on the command line.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct HTTP2Tests {
        @Test("nginx over h2c: its log has the requests and the bytes of run.json", arguments: [1, 10])
        func nginx(streams: Int) throws {
            let (server, log) = try Server.nginx()
            let run = try Run([
                server.http2URL("/50k"), "--http", "h2c", "--streams", "\(streams)", "-c", "40", "-n", "400", "-t", "2",
            ])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("requests.ok") == 4_000)
            let body = run.json.number("bytes.received.body")
            #expect(body == 4_000 * 50_000)
            let isLogged = Running.until(limit: 5) { ((try? NginxTests.Log(log).requests) ?? 0) >= 4_000 }
            #expect(isLogged)
            let counted = try NginxTests.Log(log)
            #expect(counted.requests == 4_000)
            // Its body bytes are those of DATA frames, nine more for each frame.
            #expect(counted.bodyBytes > body && counted.bodyBytes < body + 4_000 * 9 * 20)
            #expect(counted.bytesSent <= run.json.number("bytes.received.socket"))
            #expect(run.json.number("connections.opened") == 40 / streams)
        }

        @Test("nginx announces ends with GOAWAY: nothing fails, nobody's hold is lost")
        func goAway() throws {
            let (server, _) = try Server.nginx(extra: "keepalive_requests 50;")
            let run = try Run([
                server.http2URL("/50k"), "--http", "h2c", "--streams", "4", "-c", "20", "-d", "1s", "-t", "1",
            ])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("requests.failed") == 0)
            #expect(run.json.number("users.held.lowest") == 20)
            #expect(run.json.number("users.reconnects") > 0)
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

        @Test("The summary and run.json say how many connections were shared")
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
