/// Prometheus node_exporter's metrics of a machine, from its text format (version 0.0.4): lines of
/// `name{label="value",…} number`. Other lines and other metrics are skipped.
public enum NodeMetrics {
    /// Most lines that are read; node_exporter writes about two thousand.
    public static let lineLimit = 100_000
    /// Most cores that are tracked.
    public static let coreLimit = 4_096

    /// Why a text is no answer of node_exporter.
    public enum Flaw: Error, Equatable, Sendable {
        /// It has no value of node_cpu_seconds_total.
        case noCPU
    }

    /// The modes of an idle CPU.
    private static let idle: Set<String> = ["idle", "iowait", "steal"]

    /// The reading in a text that was taken at a time (monotonic nanoseconds).
    public static func reading(_ text: [UInt8], at: UInt64) throws(Flaw) -> TargetReading {
        var reading = TargetReading(at: at, busy: [:], cores: 0)
        var memory: (total: UInt64?, free: UInt64?)
        for line in text.split(separator: UInt8(ascii: "\n"), maxSplits: Self.lineLimit).prefix(
            Self.lineLimit)
        {
            guard line.starts(with: Self.prefix), let sample = Self.sample(line) else { continue }
            Self.take(sample, into: &reading, &memory)
        }
        if reading.busy.isEmpty { throw .noCPU }
        reading.cores = reading.busy.count
        if let total = memory.total, let free = memory.free, total >= free {
            reading.memoryBytes = total - free
        }
        return reading
    }

    private static let prefix = Array("node_".utf8)

    /// One line.
    private struct Sample {
        var name: String
        var labels: [String: String]
        var value: Double

        /// The value as a number of bytes or connections; nil where it is none.
        var count: UInt64? { self.value >= 0 && self.value < 0x1p63 ? UInt64(self.value) : nil }
    }

    private static func take(
        _ sample: Sample, into reading: inout TargetReading, _ memory: inout (total: UInt64?, free: UInt64?)
    ) {
        switch sample.name {
        case "node_cpu_seconds_total":
            guard let core = sample.labels["cpu"].flatMap({ UInt64($0) }), let mode = sample.labels["mode"],
                reading.busy[core] != nil || reading.busy.count < Self.coreLimit
            else { return }
            reading.busy[core, default: 0] += Self.idle.contains(mode) ? 0 : max(0, sample.value)
        case "node_memory_MemTotal_bytes": memory.total = sample.count
        case "node_memory_MemAvailable_bytes": memory.free = sample.count
        case "node_network_receive_bytes_total": Self.add(sample, to: &reading.receivedBytes)
        case "node_network_transmit_bytes_total": Self.add(sample, to: &reading.sentBytes)
        case "node_netstat_Tcp_CurrEstab": reading.connections = sample.count
        case "node_dmi_info":
            let words = ["system_vendor", "product_name"].compactMap { sample.labels[$0] }.filter {
                !$0.isEmpty
            }
            if !words.isEmpty { reading.hardware = words.joined(separator: " ") }
        default: break
        }
    }

    private static func add(_ sample: Sample, to sum: inout UInt64?) {
        guard sample.labels["device"] != "lo", let count = sample.count else { return }
        sum = (sum ?? 0) &+ count
    }

    /// `name{labels} value [timestamp]`; nil where the line is none.
    private static func sample(_ line: ArraySlice<UInt8>) -> Sample? {
        var rest = line
        let name = Self.word(&rest) { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") }
        var labels: [String: String] = [:]
        if rest.first == UInt8(ascii: "{") {
            rest = rest.dropFirst()
            while let byte = rest.first, byte != UInt8(ascii: "}") {
                guard labels.count < Self.labelLimit else { return nil }
                let label = Self.word(&rest) { $0 == UInt8(ascii: "=") }
                guard rest.starts(with: Array("=\"".utf8)) else { return nil }
                rest = rest.dropFirst(2)
                guard let value = Self.quoted(&rest) else { return nil }
                labels[label] = value
                if rest.first == UInt8(ascii: ",") { rest = rest.dropFirst() }
            }
            if rest.isEmpty { return nil }
            rest = rest.dropFirst()
        }
        let number = Self.word(&rest) { _ in false }
        let first = number.split(separator: " ").first.map(String.init) ?? ""
        guard let value = Double(first), value.isFinite else { return nil }
        return Sample(name: name, labels: labels, value: value)
    }

    private static let labelLimit = 64

    /// Takes bytes up to one that ends the word.
    private static func word(_ rest: inout ArraySlice<UInt8>, until isEnd: (UInt8) -> Bool) -> String {
        let word = rest.prefix { !isEnd($0) }
        rest = rest.dropFirst(word.count)
        return String(decoding: word, as: UTF8.self)
    }

    /// Takes the rest of a quoted value, with `\\`, `\"` and `\n` undone; nil where it does not end.
    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> String? {
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst() else { return nil }
                value.append(next == UInt8(ascii: "n") ? UInt8(ascii: "\n") : next)
            default: value.append(byte)
            }
        }
        return nil
    }
}
