/// When and how a run was made, besides what it measured: for people who find its record later.
public struct RunStamp: Sendable, Equatable {
    /// Nanoseconds since 1970 by CLOCK_REALTIME, at the start and at the end; nil where they are not known.
    public var start: UInt64?
    public var end: UInt64?
    /// The words of the command line without the program's name and without secrets; empty where they are not known.
    public var commandLine: [String]
    /// Options of the command line that are recorded, with their values and without secrets; empty where they are not
    /// known.
    public var options: [Label] = []
    /// Labels that its user gave it, in order.
    public var labels: [Label]

    /// A label: a key and its value.
    public struct Label: Sendable, Equatable {
        public var key: String
        public var value: String

        /// A label with both given.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Most words of a command line that are kept.
    public static let wordsLimit = 1_024
    /// Labels of one run at most, and bytes of a key and of a value.
    public static let labelsLimit = 32
    public static let keyLimit = 64
    public static let valueLimit = 256

    /// A stamp with the values that are known.
    public init(
        start: UInt64? = nil, end: UInt64? = nil, commandLine: [String] = [], labels: [Label] = []
    ) {
        self.start = start
        self.end = end
        self.commandLine = commandLine
        self.labels = labels
    }

    /// The stamp of several runs: from the first start to the last end. A label that all have with one value stays as
    /// it is; others get all values. The command lines stay in the records of the runs.
    public static func union(_ stamps: [RunStamp]) -> RunStamp {
        var union = RunStamp()
        let starts = stamps.compactMap(\.start)
        let ends = stamps.compactMap(\.end)
        if starts.count == stamps.count { union.start = starts.min() }
        if ends.count == stamps.count { union.end = ends.max() }
        for label in stamps.flatMap(\.labels) {
            guard let index = union.labels.firstIndex(where: { $0.key == label.key }) else {
                union.labels.append(label)
                continue
            }
            let values = union.labels[index].value.split(separator: ", ").map(String.init)
            if !values.contains(label.value) { union.labels[index].value += ", \(label.value)" }
        }
        return union
    }

    /// A time since 1970 in ISO 8601, in UTC with milliseconds: `2026-11-28T19:42:45.123Z`.
    public static func text(_ nanoseconds: UInt64) -> String? {
        guard let date = EpochDate(seconds: Int64(nanoseconds / 1_000_000_000)) else { return nil }
        func padded(_ number: Int, _ digits: Int) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let day = "\(date.year)-\(padded(date.month, 2))-\(padded(date.day, 2))"
        let time = [date.hour, date.minute, date.second].map { padded($0, 2) }.joined(separator: ":")
        return "\(day)T\(time).\(padded(Int(nanoseconds / 1_000_000 % 1_000), 3))Z"
    }
}
