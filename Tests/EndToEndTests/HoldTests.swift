import Foundation
import Testing

extension EndToEnd {
    /// Users count as held only while the server really answers them.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct HoldTests {
        @Test("a server that takes 50 connections holds 50 of 80 users, and the run fails")
        func connectionLimit() throws {
            let server = try Server.target(["--limit-connections", "50"])
            let run = try Run(
                [server.url("/bytes/100"), "-c", "80", "--every", "500ms", "-d", "2s", "-t", "1"], limit: 40)
            #expect(run.status == 10)
            #expect(run.json.number("users.asked") == 80)
            #expect(run.json.number("users.established") == 50)
            #expect(run.json.number("users.held.lowest") == 50)
            #expect(run.json.number("users.held.highest") == 50)
            #expect(run.json.number("users.unanswered_after_settle") == 30)
            #expect(run.errors.keys.allSatisfy { ["reset", "truncated"].contains($0) }, "\(run.errors)")
            let slo = run.json["slo"] as? [[String: Any]] ?? []
            #expect(
                slo.contains {
                    ($0["text"] as? String)?.contains("held") == true && $0["met"] as? Bool == false
                })
        }

        @Test("a server that listens and never accepts holds no user: timeout_ttfb, exit 69")
        func neverAccepts() throws {
            let server = try Server.faults(["--never-accept"])
            let run = try Run(
                Plan(
                    url: server.url(""), steps: ["get: /"], load: "users: 4, sessions: 8",
                    timeouts: "first_byte: 300ms"), limit: 20)
            #expect(run.status == 69)
            #expect(run.errors == ["timeout_ttfb": 8])
            #expect(run.json.number("connections.opened") == 8)
            #expect(run.json.number("users.established") == 0)
            #expect(run.json.number("users.held.highest") == 0)
            #expect(run.json.number("connections.held.highest") == 0)
        }

        @Test("a silent server: every user without an answer is timeout_ttfb, however short the run is")
        func silentAndShort() throws {
            let server = try Server.target()
            let run = try Run(
                [server.url("/silent"), "-c", "7", "-n", "7", "-d", "300ms", "-t", "1"], limit: 20)
            #expect(run.status == 69)
            #expect(run.errors == ["timeout_ttfb": 7])
            #expect(run.json.number("users.established") == 0)
            #expect(run.json.number("duration") < 4_000_000_000)
        }

        @Test(
            "users between two connections of their own plan stay held",
            arguments: ["per_session", "per_request"])
        func ownPlan(_ connection: String) throws {
            let server = try Server.target()
            let run = try Run([
                server.url("/bytes/100"), "-c", "10", "--every", "50ms", "-d", "1s", "-t", "2",
                "--connection",
                connection,
            ])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("users.held.lowest") == 10)
            #expect(run.json.number("users.reconnects") == 0)
            #expect(run.json.number("users.holds_lost") == 0)
        }
    }
}
