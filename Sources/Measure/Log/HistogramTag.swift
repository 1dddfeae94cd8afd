/// The name of a distribution in a log. It allows only characters that no reader splits at or fails on: Java's own
/// check accepts spaces and commas, and then reads a corrupt line.
public struct HistogramTag: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// The most characters of a tag.
    public static let longest = 64

    /// A tag, or nil where the text is not 1 to 64 of `A-Z a-z 0-9 . _ : / -`.
    public init?(_ text: String) {
        guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else {
            return nil
        }
        self.text = text
    }

    /// Which part of a metric a distribution holds.
    public enum Part: String, Sendable {
        /// Successes.
        case succeeded = ""
        /// Every attempt.
        case all = ".all"
        /// Ages of requests that had not ended: lower bounds. They are in `.all`, too.
        case unended = ".unended"
        /// The values of a sample without the generator's part.
        case lower = ".lower"
        /// Failures, for steps only.
        case failed = ".failed"
    }

    /// The tag of a metric: `<metric>` for successes, `<metric>.all`, `.unended` and `.lower` for its other parts, with
    /// `warmup.` in front for what was due outside the hold.
    public init(_ metric: Metric, _ part: Part = .succeeded, outsideHold: Bool = false) {
        self.text = (outsideHold ? "warmup." : "") + metric.name + part.rawValue
    }

    /// The tag of a step of the session, counted from 1, inside the hold: `<metric>.step.3`, and
    /// `<metric>.step.3.failed`, `.unended` and `.lower` for its other parts.
    public init(_ metric: Metric, step: Int, _ part: Part = .succeeded) {
        self.text = "\(metric.name).step.\(step)" + part.rawValue
    }

    /// The name.
    public var description: String { self.text }

    private static func isAllowed(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
            UInt8(ascii: "/"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
