import CLinux
import Engine
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
    /// Several addresses behind one name: 127.0.0.0/8 is all this machine.
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
            "Users take the addresses in turn, whoever runs them, and each address is counted",
            arguments: [(1, HTTPChoice.http11), (2, .http11), (2, .h2c)])
        func inTurn(threads: Int, http: HTTPChoice) throws {
            try Loads.withTarget({ $0.host = "0.0.0.0" }) { server in
                let load = try self.run(
                    port: server.port, addresses: self.addresses(server.port, 3), users: 6, threads: threads, http: http
                ) { $0.sessions = 60 }
                let counts = load.run.addressCounts
                #expect(counts.map(\.address) == (1...3).map { "127.0.0.\($0):\(server.port)" })
                #expect(counts.map(\.connections) == [2, 2, 2] && counts.allSatisfy { $0.failed == 0 })
                #expect(counts.allSatisfy { $0.requests > 0 })
                #expect(counts.reduce(0) { $0 + $1.requests } == load.total.requestsStarted)
                #expect(load.total.requestsResent == 0)
            }
        }

        @Test("Visitors of an open load take them in turn, whichever slots serve them", arguments: [1, 2])
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
                let counts = load.run.addressCounts.map(\.connections)
                #expect(counts.reduce(0, +) == load.total.connectionsOpened && load.total.requestsFailed == 0)
                #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(counts)")
            }
        }

        @Test(
            "An address that refuses costs each request one move, and the user stays where it was answered",
            arguments: [HTTPChoice.http11, .h2c])
        func refuses(http: HTTPChoice) throws {
            try Loads.withTarget { server in
                // The target listens on 127.0.0.1 alone.
                let load = try self.run(
                    port: server.port, addresses: self.addresses(server.port, 3), users: 3, http: http
                ) { $0.sessions = 30 }
                #expect(load.total.requestsFailed == 0 && load.total.requestsOK == 30)
                #expect(load.total.resent(.address) == 2 && load.total.requestsResent == 2)
                let counts = load.run.addressCounts
                #expect(counts.map(\.connections) == [3, 0, 0])
                // The second user tries two that refuse, the third one.
                #expect(counts.map(\.failed) == [0, 1, 2])
                #expect(load.run.resentExamples.first?.detail.contains("127.0.0.") == true)
            }
        }

        @Test("Before a load, an address that refuses is left out, and all are kept where all refuse")
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
