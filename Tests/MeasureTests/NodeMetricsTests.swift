import Measure
import Testing

/// The text of Prometheus' node_exporter, and what follows from two readings of a target.
@Suite struct NodeMetricsTests {
    /// As node_exporter 1.8 writes it, shortened.
    private static let text = """
        # HELP node_cpu_seconds_total Seconds the CPUs spent in each mode.
        # TYPE node_cpu_seconds_total counter
        node_cpu_seconds_total{cpu="0",mode="idle"} 1000.5
        node_cpu_seconds_total{cpu="0",mode="iowait"} 5
        node_cpu_seconds_total{cpu="0",mode="system"} 20.25
        node_cpu_seconds_total{cpu="0",mode="user"} 30
        node_cpu_seconds_total{cpu="1",mode="idle"} 1000
        node_cpu_seconds_total{cpu="1",mode="user"} 1.5e+01
        node_dmi_info{bios_vendor="x",product_name="m5.2xlarge",system_vendor="Amazon EC2"} 1
        node_memory_MemAvailable_bytes 3.0e+09
        node_memory_MemTotal_bytes 8.0e+09
        node_netstat_Tcp_CurrEstab 2003
        node_network_receive_bytes_total{device="eth0"} 1000
        node_network_receive_bytes_total{device="lo"} 999999
        node_network_transmit_bytes_total{device="eth0"} 50000
        node_network_transmit_bytes_total{device="eth1"} 1
        """

    @Test("CPU by core without its idle modes, memory in use, network without loopback, connections, DMI")
    func reading() throws {
        let reading = try NodeMetrics.reading(Array(Self.text.utf8), at: 7)
        #expect(reading.at == 7)
        #expect(reading.busy == [0: 50.25, 1: 15])
        #expect(reading.cores == 2)
        #expect(reading.memoryBytes == 5_000_000_000)
        #expect(reading.connections == 2_003)
        #expect(reading.receivedBytes == 1_000)
        #expect(reading.sentBytes == 50_001)
        #expect(reading.hardware == "Amazon EC2 m5.2xlarge")
    }

    @Test("A text without CPU is named as such; damaged lines of any kind are skipped")
    func damaged() throws {
        #expect(throws: NodeMetrics.Flaw.noCPU) { try NodeMetrics.reading(Array("<html>".utf8), at: 1) }
        #expect(throws: NodeMetrics.Flaw.noCPU) { try NodeMetrics.reading([], at: 1) }
        let lines = [
            "node_cpu_seconds_total{cpu=\"0\",mode=\"user\"} NaN",
            "node_cpu_seconds_total{cpu=\"0\",mode=\"us",
            "node_cpu_seconds_total{cpu=\"0\"", "node_cpu_seconds_total{cpu=0,mode=\"user\"} 1", "node_",
            "node_cpu_seconds_total{cpu=\"-1\",mode=\"user\"} 1", "node_memory_MemTotal_bytes -5",
            "node_memory_MemTotal_bytes 1e300", "node_cpu_seconds_total{} 1",
            "node_cpu_seconds_total{a=\"\\\"} 1",
            "node_cpu_seconds_total{cpu=\"3\",mode=\"user\"} 2",
        ]
        let reading = try NodeMetrics.reading(Array(lines.joined(separator: "\n").utf8), at: 1)
        #expect(reading.busy == [3: 2])
        #expect(reading.memoryBytes == nil)
    }

    @Test("A text that is cut anywhere or has any byte changed is read or refused, and gives no more than it has")
    func hostile() {
        let bytes = Array(Self.text.utf8)
        for end in bytes.indices { _ = try? NodeMetrics.reading(Array(bytes[..<end]), at: 1) }
        var state: UInt64 = 1
        for _ in 0..<2_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var changed = bytes
            changed[Int(state >> 33) % changed.count] = UInt8(truncatingIfNeeded: state >> 24)
            if let reading = try? NodeMetrics.reading(changed, at: 1) {
                #expect(reading.busy.count <= 3)
            }
        }
    }

    @Test("A usage is the difference of two readings over all cores; after a restart or too short a time there is none")
    func usage() throws {
        var first = TargetReading(at: 1_000_000_000, busy: [0: 10, 1: 20], cores: 2)
        first.sentBytes = 1_000
        var second = TargetReading(at: 3_000_000_000, busy: [0: 10.5, 1: 22], cores: 2)
        second.sentBytes = 251_000
        let usage = try #require(TargetUsage(from: first, to: second))
        #expect(usage.cpu == 0.625)
        #expect(usage.busiestCore == 1)
        #expect(usage.sentBitsPerSecond == 1_000_000)
        #expect(usage.receivedBitsPerSecond == nil)
        #expect(TargetUsage(from: second, to: first) == nil)
        #expect(TargetUsage(from: first, to: first) == nil)
        var restarted = second
        restarted.busy = [0: 1, 1: 1]
        #expect(TargetUsage(from: first, to: restarted) == nil)
    }

    @Test("A thread that began since the last reading counts in full; one that existed unseen does not count")
    func threads() throws {
        var first = TargetReading(at: 1_000_000_000, busy: [10: 5], cores: 2)
        first.began = [10: 100]
        first.ticks = 500
        var second = TargetReading(at: 3_000_000_000, busy: [10: 6, 11: 0.5, 12: 40], cores: 2)
        second.began = [10: 100, 11: 500, 12: 499]
        second.ticks = 700
        #expect(TargetUsage(from: first, to: second)?.cpu == 0.375)
        // The number of a thread that ended now belongs to another one, so no counter fell.
        second.busy = [10: 0.25]
        second.began = [10: 600]
        #expect(TargetUsage(from: first, to: second)?.cpu == 0.0625)
        // The cores of the first of several processes count if it does the work, not if it only leads.
        second.busy = [10: 6, 20: 6]
        second.began = [10: 100, 20: 600]
        second.leader = TargetReading.Leader(threads: [10], cores: 8)
        #expect(TargetUsage(from: first, to: second)?.cpu == 7.0 / 2 / 8)
        second.busy[10] = 5.01
        #expect(TargetUsage(from: first, to: second).map { abs($0.cpu - 1) < 1e-9 } == true)
        // A core that appears later does not count from the start of the machine.
        let cores = TargetReading(at: 3_000_000_000, busy: [0: 11, 1: 1_000], cores: 2)
        #expect(
            TargetUsage(from: TargetReading(at: 1_000_000_000, busy: [0: 10], cores: 1), to: cores)?.cpu == 0.25)
    }
}
