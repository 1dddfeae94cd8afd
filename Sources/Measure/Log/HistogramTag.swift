/// The name of a distribution in a log. Only characters that no reader splits at or trips over: Java's own check
/// lets spaces and commas pass and then reads a corrupt line.
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

    /// The tag of a metric: `<metric>`, `<metric>.all` for every attempt, and `warmup.` before either for what
    /// was due outside the hold.
    public init(_ metric: Metric, allAttempts: Bool = false, outsideHold: Bool = false) {
        self.text = (outsideHold ? "warmup." : "") + metric.name + (allAttempts ? ".all" : "")
    }

    /// The tag of a step of the session, counted from 1, inside the hold: `<metric>.step.3`, and
    /// `<metric>.step.3.failed` for its failed requests.
    public init(_ metric: Metric, step: Int, failed: Bool = false) {
        self.text = "\(metric.name).step.\(step)" + (failed ? ".failed" : "")
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
