import CLinux
import Measure
import Target
import Testing
import Workload

@testable import Engine

/// Readings of a target: from /proc, and over HTTP.
@Suite struct TargetUsageTests {
    @Test("A process is read with its threads, memory and cores; one that does not exist has no reading")
    func process() throws {
        let meter = ProcessMeter(pid: getpid())
        let reading = try #require(meter.reading())
        #expect(!reading.busy.isEmpty && reading.cores >= 1)
        #expect((reading.memoryBytes ?? 0) > 1_000_000)
        // Every thread of the process began before the next reading.
        let next = try #require(meter.reading())
        #expect(reading.began.count == reading.busy.count)
        #expect(reading.began.values.allSatisfy { $0 > 0 && $0 <= next.ticks }, "\(reading) \(next.ticks)")
        #expect(next.ticks >= reading.ticks)
        #expect(ProcessMeter(pid: .max).reading() == nil)
    }

    @Test("Fields of /proc are counted after a name that may contain anything")
    func fields() {
        let stat = "12 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 111 222 0 0 20 0 1 0 98765 1"
        let times = ProcessMeter.times(in: stat)
        #expect(times?.used == 333 && times?.began == 98_765)
        for text in [
            "", "12 (a", "12 (a) S 1", "12 (a) S 1 2 3 4 5 6 7 8 9 10 111 222 0 0 20 0 1 0",
            "12 (a) S 1 2 3 4 5 6 7 8 9 10 x y 0 0 20 0 1 0 9", "12 (a) S 1 2 3 4 5 6 7 8 9 10 1 2 0 0 20 0 1 0 z",
        ] {
            #expect(ProcessMeter.times(in: text) == nil, "\(text)")
        }
        #expect(ProcessMeter.cores(in: "Name:\tx\nCpus_allowed_list:\t0-1,4\n") == [0, 1, 4])
        for list in ["", "3-1", "a-b", "-1", "0-99999"] {
            let text = "Cpus_allowed_list:\t\(list)\n"
            #expect(ProcessMeter.cores(in: text) == nil, "\(text)")
        }
    }

    @Test("A network namespace's counts are read from its tables, without loopback")
    func network() {
        let snmp = """
            Ip: Forwarding DefaultTTL
            Ip: 1 64
            Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs
            Tcp: 1 200 120000 -1 8 7 6 5 2001 99
            """
        #expect(ProcessMeter.established(in: snmp) == 2_001)
        for text in ["", "Tcp: CurrEstab\n", "Tcp: CurrEstab\nTcp:\n", "Tcp: A\nTcp: 1\n"] {
            #expect(ProcessMeter.established(in: text) == nil)
        }
        let dev = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls
                lo:     900       1    0    0    0     0          0         0      900       1    0    0    0     0
              eth0:    1000       2    0    0    0     0          0         0     3000       4    0    0    0     0
              eth1:      10       2    0    0    0     0          0         0       30       4    0    0    0     0
            """
        let bytes = ProcessMeter.deviceBytes(in: dev)
        #expect(bytes?.received == 1_010 && bytes?.sent == 3_030)
        #expect(ProcessMeter.deviceBytes(in: "eth0: 1 2 3\n") == nil)
    }

    @Test("Local ports in use belong to open connections and to waiting ones, whose ports become free again")
    func ports() {
        let text = "sockets: used 30\nTCP: inuse 4 orphan 0 tw 9000 alloc 5 mem 1\nUDP: inuse 1 mem 0\n"
        #expect(SocketCounts.parse(text) == SocketCounts(open: 4, waiting: 9_000))
        for text in [
            "", "TCP:", "TCP:\n", "TCP: inuse\n", "TCP: inuse x tw 1\n", "TCP: inuse 1 tw\n", "TCP: inuse -1 tw 2",
            "TCP: inuse 1 tw -3", "UDP: inuse 1 tw 4",
        ] {
            #expect(SocketCounts.parse(text) == nil, "\(text)")
        }
        #expect(Preflight.reusesPorts("1", isLoopback: false) && Preflight.reusesPorts("2", isLoopback: true))
        #expect(!Preflight.reusesPorts("2", isLoopback: false) && !Preflight.reusesPorts("0", isLoopback: true))
        #expect(!Preflight.reusesPorts("", isLoopback: true))
        let some = Preflight.freePorts(of: 28_232, addresses: 2, SocketCounts(open: 464, waiting: 6_000))
        #expect(some?.free == 50_000 && some?.waiting == 6_000)
        let none = Preflight.freePorts(of: 10, addresses: 1, SocketCounts(open: 20, waiting: 0))
        #expect(none?.free == 0 && none?.waiting == 0)
        #expect(Preflight.freePorts(of: 10, addresses: 1, SocketCounts(open: .max, waiting: 1)) == nil)
    }

    @Test("A request of the watch reads a whole body, whatever its framing, and fails with a reason")
    func blockingGet() throws {
        var options = TargetOptions()
        options.threads = 1
        let server = try TargetServer(options: options)
        try server.start()
        defer { server.stop() }
        let address = try #require(try SocketAddress.resolve(host: "127.0.0.1", port: server.port).first)
        func get(_ path: String) throws -> BlockingGet.Answer {
            let url = TargetURL(scheme: .http, host: "127.0.0.1", port: address.port, path: path)
            return try BlockingGet.get(url, at: address, limit: 5_000_000_000)
        }
        let fixed = try get("/bytes/100000")
        #expect(fixed.status == 200 && fixed.body.count == 100_000)
        #expect(String(decoding: fixed.head, as: UTF8.self).hasPrefix("HTTP/1.1 200"))
        #expect(try get("/chunked/70000").body == get("/bytes/70000").body)
        #expect(try get("/close-delimited/3000").body.count == 3_000)
        #expect(try get("/status/404").status == 404)
        for path in ["/truncate", "/garbage", "/reset"] {
            #expect(throws: BlockingGet.Failure.self) { try get(path) }
        }
    }

    @Test("A page without metrics, or without a server, is refused with the reason before anything starts")
    func noMetrics() throws {
        var options = TargetOptions()
        options.threads = 1
        let server = try TargetServer(options: options)
        try server.start()
        defer { server.stop() }
        func sentence(_ port: UInt16, _ path: String) -> String {
            do {
                _ = try TargetWatch(
                    .metrics(TargetURL(scheme: .http, host: "127.0.0.1", port: port, path: path)))
                return ""
            } catch {
                return error.sentence
            }
        }
        #expect(sentence(server.port, "/bytes/10").contains("node_cpu_seconds_total"))
        #expect(sentence(server.port, "/status/404").contains("404"))
        #expect(sentence(1, "/metrics").contains("refused"))
    }

    @Test("Loopback has no link with a known speed")
    func link() throws {
        let address = try #require(try SocketAddress.resolve(host: "127.0.0.1", port: 80).first)
        #expect(NetworkLink.bitsPerSecond(to: address) == nil)
    }
}
