/// The style of text for a terminal: plain, or with the eight colours of every terminal.
public struct TerminalStyle: Sendable, Equatable {
    /// Whether escape sequences for colour and weight are written.
    public var hasColour: Bool

    /// No escape sequence at all.
    public static let plain = TerminalStyle(hasColour: false)
    /// Colours and weights.
    public static let colour = TerminalStyle(hasColour: true)

    /// A style with or without colour.
    public init(hasColour: Bool) { self.hasColour = hasColour }

    /// The style for an output: colour only on a terminal that supports it, and if NO_COLOR (no-color.org) is unset or
    /// empty.
    public static func suited(isTerminal: Bool, noColour: String?, term: String?) -> TerminalStyle {
        let isWelcome = (noColour ?? "").isEmpty && term != "dumb" && !(term ?? "").isEmpty
        return TerminalStyle(hasColour: isTerminal && isWelcome)
    }

    /// A meaning of text; only this type decides how it looks.
    enum Ink: Sendable, Equatable {
        case plain, strong, quiet, good, bad, warning, accent

        fileprivate var sequence: String {
            switch self {
            case .plain: ""
            case .strong: "\u{1B}[1m"
            case .quiet: "\u{1B}[2m"
            case .good: "\u{1B}[32m"
            case .bad: "\u{1B}[1;31m"
            case .warning: "\u{1B}[33m"
            case .accent: "\u{1B}[36m"
            }
        }
    }

    /// A piece of text in an ink.
    func dressed(_ text: String, _ ink: Ink) -> String {
        self.hasColour && ink != .plain && !text.isEmpty ? "\(ink.sequence)\(text)\u{1B}[0m" : text
    }
}
