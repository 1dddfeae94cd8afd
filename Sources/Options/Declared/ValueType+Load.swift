import Units
import Workload

/// The types of options that shape a load.
extension ValueType where Value == UInt64 {
    /// The most that an answer may take.
    static var timeout: Self {
        Self("TIME") { text throws(ParseError) in
            let time = try TimeSpan.parse(text)
            if time == 0 { throw ParseError("a timeout of 0 would fail every request") }
            return time
        }
    }

    /// The most that a run may take.
    static var longest: Self {
        Self("TIME") { text throws(ParseError) in
            let time = try TimeSpan.parse(text)
            if time == 0 { throw ParseError("a run of 0 measures nothing") }
            return time
        }
    }
}

extension ValueType where Value == UInt64? {
    /// A time, or nil for `auto`.
    static var warmup: Self {
        Self("TIME") { text throws(ParseError) in text == "auto" ? nil : try TimeSpan.parse(text) }
    }
}

extension ValueType where Value == Int {
    /// Users of one connection.
    static var streams: Self {
        Self("N") { text throws(ParseError) in
            guard let streams = Int(text) else { throw ParseError("\(text) is no number of users") }
            return streams
        }
    }
}

extension ValueType where Value == Double {
    /// Requests per second, where nothing else can be meant.
    static var requestRate: Self { Self("5/s", read: ArrivalRate.parsePlain) }
}

extension ValueType where Value == ArrivalRate {
    /// A rate with what it counts.
    static var rate: Self { Self("RATE", read: ArrivalRate.parse) }
}

extension ValueType where Value == TargetURL {
    /// The URL of a node_exporter.
    static var exporter: Self {
        Self("URL") { text throws(ParseError) in
            let url = try TargetURL.parse(text)
            if url.scheme != .http { throw ParseError("node_exporter is asked over http://") }
            return url
        }
    }
}

extension ValueType where Value == ArrivalPlan.Process {
    /// How single sessions of a rate arrive.
    static var process: Self {
        Self("WORD") { text throws(ParseError) in
            switch text {
            case "constant": return .even
            case "poisson": return .poisson
            default: throw ParseError("\(text) is neither constant nor poisson")
            }
        }
    }
}

extension ValueType where Value == StartMode {
    /// How planned users join.
    static var start: Self {
        Self("WORD") { text throws(ParseError) in
            guard let start = StartMode(rawValue: text) else {
                throw ParseError("\(text) is neither steady nor cold")
            }
            return start
        }
    }
}

extension ValueType where Value == [SLO] {
    /// Objectives. `example` stands for one in help.
    public static func objectives(_ example: String = "'p99 < 500ms'") -> Self {
        .each(example, at: .quoted, limit: (SLO.countLimit, "objectives"), read: SLO.parse)
    }
}

extension ValueType where Value == [AbortRule] {
    /// Rules that stop a run.
    static var abortRules: Self { .each("'errors > 5% for 10s'", at: .quoted, read: AbortRule.parse) }
}

extension ValueType where Value == [FollowHost] {
    /// Other names of the target.
    static var hosts: Self { .each("HOST", read: FollowHost.parse) }
}

extension ValueType where Value == [HeaderField] {
    /// Header fields; an error has the number of one and not its value, which may be a secret.
    static var headers: Self { .each("'NAME: VALUE'", at: .number, read: HeaderField.parse) }
}

extension ValueType where Value == [UInt8] {
    /// A body, or `@` and the name of its file.
    static var body: Self {
        Self("TEXT", at: .typed) { text throws(ParseError) in
            text.hasPrefix("@") ? try Profile.readBody(path: String(text.dropFirst())) : Array(text.utf8)
        }
    }
}
