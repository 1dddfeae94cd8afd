import CLinux
import Engine
import Kernel
import Measure
import Synchronization
import Target
import Testing
import Workload

/// Texts that threads of a test add to.
final class Paths: Sendable {
    private let list = Mutex<[String]>([])
    var all: [String] { self.list.withLock { $0 } }
    func append(_ text: String) { self.list.withLock { $0.append(text) } }
}

extension EngineLoads {
    /// Several addresses behind one name: all of 127.0.0.0/8 is this machine.
    @Suite struct AddressTests {
        /// The addresses of one port on 127.0.0.1, .2 and .3, with a listener that takes all of them.
        private func addresses(_ port: UInt16, _ count: Int) throws -> [SocketAddress] {
            try (1...count).flatMap { try SocketAddress.resolve(host: "127.0.0.\($0)", port: port) }
        }

        private func run(
            port: UInt16, addresses: [SocketAddress], users: Int, threads: Int = 1, http: HTTPChoice = .http11,
            _ change: (inout Load) -> Void
        ) throws -> FinishedLoad {
            var profile = try Loads.profile(port: port, session: [Step(path: "/bytes/10")]) {
                $0.users = users
                change(&$0)
            }
            profile.http = http
            let load = try Loads.run(profile, threads: threads, addresses: addresses)
            load.expectExactAccounts("several addresses", isFramed: http != .http11)
            return load
        }

        @Test(
            "Users take the addresses in turn, whichever thread runs them, and each address is counted",
            arguments: [(1, HTTPChoice.http11), (2, .http11), (2, .h2c)])
        func inTurn(threads: Int, http: HTTPChoice) throws {
            try Loads.withTarget({ $0.host = "0.0.0.0" }) { server in
                let load = try self.run(
                    port: server.port, addresses: self.addresses(server.port, 3), users: 6, threads: threads, http: http
                ) { $0.sessions = 60 }
                let counts = load.run.outcome.addresses
                #expect(counts.map(\.address) == (1...3).map { "127.0.0.\($0):\(server.port)" })
                #expect(counts.map(\.connections) == [2, 2, 2] && counts.allSatisfy { $0.failed == 0 })
                #expect(counts.allSatisfy { $0.requests > 0 })
                #expect(counts.reduce(0) { $0 + $1.requests } == load.total.requestsStarted)
                #expect(load.total.requestsResent == 0)
            }
        }

        @Test("Visitors of an open load take the addresses in turn, whichever slots serve them", arguments: [1, 2])
        func openLoad(threads: Int) throws {
            try Loads.withTarget({ $0.host = "0.0.0.0" }) { server in
                let plan = try ArrivalPlan.constant(100)
                let load = try self.run(
                    port: server.port, addresses: self.addresses(server.port, 3), users: 1, threads: threads
                ) {
                    $0.open = OpenLoad(plan: plan, maxUsers: 8)
                    $0.hold = 600_000_000
                    $0.holdGiven = true
                    $0.connectionAsked = .perSession
                }
                let counts = load.run.outcome.addresses.map(\.connections)
                #expect(counts.reduce(0, +) == load.total.connectionsOpened && load.total.requestsFailed == 0)
                #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(counts)")
            }
        }

        @Test(
            "An address that refuses costs each request one move, and the user stays at the address that answered",
            arguments: [HTTPChoice.http11, .h2c])
        func refuses(http: HTTPChoice) throws {
            try Loads.withTarget { server in
                // The target listens on 127.0.0.1 alone.
                let load = try self.run(
                    port: server.port, addresses: self.addresses(server.port, 3), users: 3, http: http
                ) { $0.sessions = 30 }
                #expect(load.total.requestsFailed == 0 && load.total.requestsOK == 30)
                #expect(load.total.resent(.address) == 2 && load.total.requestsResent == 2)
                let counts = load.run.outcome.addresses
                #expect(counts.map(\.connections) == [3, 0, 0])
                // The second user tries two that refuse, the third one.
                #expect(counts.map(\.failed) == [0, 1, 2])
                #expect(load.samples(.connect, failed: true) == 3, "each has its connect time")
                #expect(load.run.outcome.resentExamples.first?.detail.contains("127.0.0.") == true)
            }
        }

        /// An address that drops every SYN while `body` runs: its backlog is full, and nothing accepts.
        private func withBlackHole(_ body: (SocketAddress) throws -> Void) throws {
            let listener = try Socket.listen(
                on: SocketAddress.resolve(host: "127.0.0.1", port: 0, passive: true)[0], backlog: 0)
            var waiting: [Int32] = []
            defer { for fd in [listener] + waiting { close(fd) } }
            let address = try Socket.localAddress(listener)
            for _ in 0..<3 { waiting.append(try Socket.connect(to: address)) }
            try body(address)
        }

        /// Connects that did not end, in both windows.
        private func unended(_ load: FinishedLoad) -> UInt64 {
            [load.run.outside, load.run.hold].reduce(0) { $0 + ($1.unended(.connect)?.totalCount ?? 0) }
        }

        @Test(
            "A connect that times out is an unended one, also if the next address accepts it",
            arguments: [HTTPChoice.http11, .h2c])
        func timesOut(http: HTTPChoice) throws {
            try self.withBlackHole { hole in
                try Loads.withTarget { server in
                    var timeouts = Timeouts()
                    timeouts.connect = 200_000_000
                    var profile = try Loads.profile(
                        port: server.port, session: [Step(path: "/bytes/10")], timeouts: timeouts
                    ) {
                        $0.users = 1
                        $0.sessions = 2
                    }
                    profile.http = http
                    let both = try Loads.run(profile, addresses: [hole] + self.addresses(server.port, 1))
                    both.expectExactAccounts("a move after a timeout", isFramed: http != .http11)
                    #expect(both.total.requestsOK == 2 && both.total.resent(.address) == 1)
                    #expect(both.samples(.connect, failed: true) == 1 && self.unended(both) == 1)
                    let alone = try Loads.run(profile, addresses: [hole])
                    alone.expectExactAccounts("timeouts", isFramed: http != .http11)
                    let timedOut = alone.total.failed(.timeoutConnect)
                    #expect(timedOut > 0 && alone.samples(.connect, failed: true) == timedOut)
                    #expect(self.unended(alone) == timedOut)
                }
            }
        }

        @Test("A connect that goes on when the run ends is an unended one", arguments: [HTTPChoice.http11, .h2c])
        func goesOn(http: HTTPChoice) throws {
            try self.withBlackHole { hole in
                var timeouts = Timeouts()
                timeouts.firstByte = 300_000_000
                let plan = try ArrivalPlan.constant(20)
                var profile = try Loads.profile(port: 1, session: [Step(path: "/")], timeouts: timeouts) {
                    $0.open = OpenLoad(plan: plan, maxUsers: 1)
                    $0.hold = 300_000_000
                    $0.holdGiven = true
                }
                profile.http = http
                let load = try Loads.run(profile, addresses: [hole])
                load.expectExactAccounts("goes on", isFramed: http != .http11)
                #expect(load.total.requestsOK == 0 && load.total.connectionsOpened == 0)
                #expect(load.samples(.connect, failed: true) == 1 && self.unended(load) == 1)
            }
        }

        @Test("So is the first connect of a user that is never answered", arguments: [HTTPChoice.http11, .h2c])
        func firstGoesOn(http: HTTPChoice) throws {
            try self.withBlackHole { hole in
                var profile = try Loads.profile(port: 1, session: [Step(path: "/")]) {
                    $0.users = 1
                    $0.caps.duration = 300_000_000
                }
                profile.http = http
                let load = try Loads.run(profile, addresses: [hole])
                load.expectExactAccounts("never answered", isFramed: http != .http11)
                #expect(load.total.failed(.timeoutFirstByte) == 1 && load.total.connectionsOpened == 0)
                #expect(load.samples(.connect, failed: true) == 1 && self.unended(load) == 1)
            }
        }

        @Test(
            "So is one that no request waits for: the server ended a connection that is to be kept",
            arguments: [HTTPChoice.http11, .h2c])
        func reconnectGoesOn(http: HTTPChoice) throws {
            let listener = try Socket.listen(
                on: SocketAddress.resolve(host: "127.0.0.1", port: 0, passive: true)[0], backlog: 0)
            defer { close(listener) }
            let address = try Socket.localAddress(listener)
            // Answers one request; then nothing accepts, the backlog is full, and the connection ends.
            let server = try LoopThread(name: "script") {
                var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
                _ = linux_poll(&entry, 1, 10_000_000_000)
                guard let found = try? Socket.accept(listener) else { return }
                let connection = ScriptedConnection(found)
                if http == .http11 {
                    if connection.readHead() != nil { connection.answer() }
                } else if connection.acceptHTTP2(), let stream = connection.nextRequest() {
                    connection.write(bytes: ScriptedConnection.answer(stream))
                }
                let waiting = (0..<3).compactMap { _ in try? Socket.connect(to: address) }
                connection.end()
                // Waits until the client gives up: nothing accepts its connect.
                entry.fd = waiting.first ?? listener
                _ = linux_poll(&entry, 1, 1_500_000_000)
                for fd in waiting + [found] { close(fd) }
            }
            defer { server.join() }
            var profile = try Loads.profile(port: address.port, session: [Step(path: "/")]) {
                $0.users = 1
                $0.silence = 3_000_000_000
                $0.hold = 600_000_000
                $0.holdGiven = true
            }
            profile.http = http
            profile.streams = http == .http11 ? 0 : 1
            let load = try Loads.run(profile, addresses: [address])
            load.expectExactAccounts("reconnects", isFramed: http != .http11)
            #expect(load.total.requestsOK == 1 && load.total.connectionsOpened == 1)
            #expect(load.samples(.connect, failed: true) == 1 && self.unended(load) == 1)
        }

        @Test("Before a load, an address that refuses is left out, and all are kept if all refuse")
        func check() throws {
            try Loads.withTarget { server in
                let addresses = try self.addresses(server.port, 3)
                let split = AddressCheck.split(addresses, limit: 1_000_000_000)
                #expect(split.kept == [addresses[0]])
                #expect(split.leftOut.map(\.address) == Array(addresses[1...]))
                #expect(split.leftOut.allSatisfy { $0.error.code == ECONNREFUSED })
                let dead = Array(addresses[1...])
                let none = AddressCheck.split(dead, limit: 1_000_000_000)
                #expect(none.kept == dead && none.leftOut.isEmpty)
                #expect(AddressCheck.split([dead[0]], limit: 1).kept == [dead[0]])
            }
        }
    }
}
