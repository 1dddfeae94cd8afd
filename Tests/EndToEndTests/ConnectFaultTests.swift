import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Connections that cannot be made, limits of this machine, and a server that goes away and comes back.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct ConnectFaultTests {
        @Test("a closed port is refused, exit 69, and the retries back off instead of storming")
        func refused() throws {
            let dead = try DeadPort()
            defer { withExtendedLifetime(dead) {} }
            let run = try Run(
                ["http://127.0.0.1:\(dead.number)/", "-c", "10", "-n", "100000", "-d", "2s", "-t", "1"], limit: 20)
            #expect(run.status == 69)
            #expect(Set(run.errors.keys) == ["refused"])
            // At once, then 10, 20, 40 … 640 ms and 1 s apart, half of each drawn: 8 to 11 in 2 s.
            let attempts = run.json.number("requests.failed") / 10
            #expect((7...14).contains(attempts), "\(attempts) attempts per user in 2 s")
            #expect(run.json.number("users.established") == 0)
            #expect(run.json.number("client.cpu_seconds") < 1)
        }

        @Test("a target without any connection ends the run within the connect timeout, with a reason")
        func withoutConnection() throws {
            let dead = try DeadPort()
            defer { withExtendedLifetime(dead) {} }
            let run = try Run(["http://127.0.0.1:\(dead.number)/", "-c", "3", "-d", "30s", "-t", "1"], limit: 20)
            #expect(run.status == 69)
            #expect(
                (run.json["stop_reason"] as? String ?? "").contains(
                    "no connection to the target was made within"))
            #expect(run.json.number("users.established") == 0)
            #expect(run.json.number("duration") < 9_000_000_000)
        }

        @Test("headroom waits once for a target that is silent in the handshake, and no run begins")
        func silentHandshake() throws {
            // Connections are made, and nothing accepts them.
            let server = try Server.faults(["--never-accept"])
            let command = try Command.run(
                Command.headroom,
                ["run", "https://127.0.0.1:\(server.port)/", "-c", "3", "-d", "30s", "-t", "1", "--no-record"], limit: 20)
            #expect(command.status == 69)
            #expect(
                command.errors.contains("no TLS handshake with the target was completed within the connect timeout (5s)"))
        }

        @Test("a network without a route is unreachable", .enabled(if: Sandbox.hasNetworks))
        func unreachable() throws {
            let run = try Self.networkRun("\"$HEADROOM\" http://203.0.113.1/ -c 2 -n 2 -o record")
            #expect(run.status == 69)
            #expect(Set(run.errors.keys) == ["unreachable"])
        }

        @Test("a host that never answers a SYN is timeout_connect, within 100 ms of the timeout")
        func connectTimeout() throws {
            // Nothing accepts: a SYN that does not fit into the backlog is dropped, as a black hole does.
            let server = try Server.faults(["--never-accept"])
            let run = try Run(
                Plan(
                    url: server.url(""), steps: ["get: /"], load: "users: 40, sessions: 40",
                    timeouts: "connect: 300ms, first_byte: 300ms"), ["-t", "1"], limit: 20)
            #expect(run.status == 69)
            #expect(Set(run.errors.keys) == ["timeout_connect", "timeout_ttfb"])
            #expect((run.errors["timeout_connect"] ?? 0) >= 20)
            #expect(run.json.number("requests.failed") == 40)
            let longest = run.json.number("latency_all.connect.max")
            #expect(longest >= 300_000_000 && longest <= 400_000_000, "\(longest) ns")
            #expect(run.json.number("users.established") == 0)
        }

        @Test("a name that cannot be resolved is reported as dns, exit 69")
        func unknownName() throws {
            let command = try Command.run(["http://no-such-host.invalid/", "--no-record"], limit: 30)
            #expect(command.status == 69)
            #expect(command.errors.contains("dns: no-such-host.invalid"))
        }

        /// Lines of shell in a network of their own that write the record `record`.
        static func networkRun(_ script: String) throws -> Run {
            let folder = try Scratch.folder()
            let command = try Command.inNetwork(script, in: folder, limit: 30)
            return try Run(command: command, record: Record(folder: folder.appendingPathComponent("record")))
        }

        /// 51 local ports, and the embedded target on port 8080.
        private static let fewPorts = """
            echo 40000 40050 > /proc/sys/net/ipv4/ip_local_port_range
            "$HEADROOM" serve --port 8080 --threads 1 > serve.log &
            target=$!
            trap 'kill $target' EXIT
            for i in $(seq 500); do grep -q ready serve.log && break; sleep 0.01; done

            """

        @Test(
            "more users than there are local ports are refused before the start",
            .enabled(if: Sandbox.hasNetworks))
        func portsPreflight() throws {
            let command = try Command.inNetwork(
                Self.fewPorts + "\"$HEADROOM\" http://127.0.0.1:8080/ -c 60 -d 1s --no-record", limit: 30)
            #expect(command.status == 64)
            for word in ["60 connections", "40000-40050", "ip_local_port_range=", "at most 51 users"] {
                #expect(command.errors.contains(word), "\(command.errors)")
            }
        }

        @Test(
            "if the ports run out during the run, the class is local_ports, a limit of this machine",
            .enabled(if: Sandbox.hasNetworks))
        func portsUsedUp() throws {
            // Every connection leaves its port in TIME_WAIT.
            let run = try Self.networkRun(
                Self.fewPorts
                    + "\"$HEADROOM\" http://127.0.0.1:8080/bytes/10 -c 5 -d 1s -t 1 --connection per_request -o record"
            )
            #expect(run.status == 20)
            #expect(Set(run.errors.keys) == ["local_ports"])
            #expect(run.json.number("requests.ok") >= 40)
            // The back-off limits it: no busy loop while no port is free.
            #expect(run.json.number("requests.failed") < 5_000)
        }

        /// A network in which IPv6 has no address at all, not even ::1.
        private static let withoutIPv6 = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6\n"

        @Test(
            "an address of a family that this machine does not have is unreachable, and no local port is short",
            .enabled(if: Sandbox.hasNetworks))
        func noSuchFamily() throws {
            let run = try Self.networkRun(
                Self.withoutIPv6 + "\"$HEADROOM\" 'http://[::1]:8080/' -c 1 -n 1 -t 1 -o record || exit $?")
            #expect(run.status == 69)
            #expect(Set(run.errors.keys) == ["unreachable"], "\(run.errors)")
        }

        @Test(
            "if a name has an address of a family that this machine does not have, the others are tried",
            .enabled(if: Sandbox.hasNetworks && Sandbox.hasMounts))
        func anotherFamily() throws {
            // Nothing listens on 127.0.0.9, which the resolver puts first; ::1 has no route; 127.0.0.1 answers.
            let run = try Self.networkRun(
                Self.withoutIPv6 + Self.fewPorts + """
                    printf '127.0.0.9 both\\n::1 both\\n127.0.0.1 both\\n' > hosts
                    unshare --mount sh -euc 'mount --bind hosts /etc/hosts
                    "$HEADROOM" http://both:8080/bytes/10 -c 2 -n 4 -t 1 -o record'
                    """)
            #expect(run.status == 0, "\(run.command.errors) \(run.errors)")
            #expect(run.json.number("requests.ok") == 40)
        }

        @Test("more users than open files are refused before the start, with a way to fix it")
        func filesPreflight() throws {
            let command = try Command.run(
                "sh",
                ["-c", "ulimit -n 64; exec \"$0\" http://127.0.0.1:9/ -c 50 --no-record", Command.headroom])
            #expect(command.status == 64)
            for word in ["50 connections", "ulimit -n 114", "this process may have 64"] {
                #expect(command.errors.contains(word), "\(command.errors)")
            }
        }

        @Test(
            "descriptors that run out during the run are fd_limit, without a busy loop",
            .enabled(if: Sandbox.hasTracing))
        func filesUsedUp() throws {
            let server = try Server.target()
            let folder = try Scratch.folder()
            let command = try Command.run(
                "strace",
                [
                    "-f", "-qq", "-o", "trace", "-e", "trace=socket", "-e",
                    "inject=socket:error=EMFILE:when=20+",
                    Command.headroom, server.url("/bytes/10"), "-c", "30", "--every", "200ms", "-d", "2s",
                    "-t", "1",
                    "-n", "100000", "-o", "record",
                ], in: folder, limit: 30)
            let run = try Run(
                command: command, record: Record(folder: folder.appendingPathComponent("record")))
            // The requested sessions are certainly missing. The failures that this process's limit caused prove
            // nothing.
            #expect(run.status == 10)
            let slo = try #require(run.json["slo"] as? [[String: Any]])
            for text in ["errors < 0.1%", "held = asked"] {
                #expect(slo.first { $0["text"] as? String == text }?["verdict"] as? String == "UNKNOWN", "\(slo)")
            }
            #expect(Set(run.errors.keys) == ["fd_limit"])
            #expect(run.json.number("users.established") < 30)
            #expect(run.json.number("requests.ok") > 50)
            // Each user tries at most once per pause, and each pause lasts up to a second.
            #expect(run.json.number("requests.failed") < 30 * 14)
        }

        @Test(
            "calls that a signal interrupts change nothing", .enabled(if: Sandbox.hasTracing),
            arguments: ["recvfrom", "sendto", "epoll_pwait2,epoll_pwait,epoll_wait", "write"])
        func interrupted(_ calls: String) throws {
            let server = try Server.target()
            let folder = try Scratch.folder()
            let command = try Command.run(
                "strace",
                [
                    "-f", "-qq", "-o", "trace", "-e", "trace=\(calls)", "-e",
                    "inject=\(calls):error=EINTR:when=2+3",
                    Command.headroom, server.url("/bytes/50000"), "-c", "4", "-n", "8", "-t", "2", "-o",
                    "record",
                ], in: folder, limit: 30)
            let run = try Run(
                command: command, record: Record(folder: folder.appendingPathComponent("record")))
            #expect(run.status == 0, "\(command.errors) \(run.errors)")
            #expect(run.json.number("requests.ok") == 80)
            #expect(run.json.number("bytes.received.body") == 80 * 50_000)
            let trace = try String(contentsOf: folder.appendingPathComponent("trace"), encoding: .utf8)
            #expect(trace.contains("(INJECTED)"))
        }

        @Test("after a server is killed and comes back, every user reaches it again within a second")
        func restart() throws {
            let first = try Server.target()
            let port = first.port
            let pending = try Pending(
                [first.url("/bytes/100"), "-c", "20", "--every", "100ms", "-d", "8s", "-t", "1"])
            #expect(pending.untilRow { $0.phase == "hold" && $0["requests_ok"] > 0 })
            first.kill()
            #expect(pending.untilRow { $0["error_refused"] > 0 && $0["users_held_highest"] == 0 })
            let second = try Server.target(port: port)
            let rows = try pending.record.rows().count
            let run = try Run(pending, limit: 20)
            #expect(second.port == port)
            #expect(run.status == 10)
            #expect(Set(run.errors.keys).isSubset(of: ["refused", "reset", "truncated"]))
            #expect(run.json.number("users.holds_lost") >= 20)
            // The gap shows in its seconds, and it ends: the second full second after the return is like the first one
            // of the run.
            let hold = run.rows.filter { $0.phase == "hold" }
            #expect(hold.contains { $0["requests_ok"] == 0 && $0["users_held_highest"] == 0 })
            let after = run.rows.dropFirst(rows + 2).first { $0.phase == "hold" }
            #expect(after?["users_held_lowest"] == 20)
            #expect(after?["requests_failed"] == 0)
            // While the server was away, no user asked more often than the back-off allows.
            #expect(hold.allSatisfy { $0["requests_failed"] < 20 * 12 })
        }
    }
}
