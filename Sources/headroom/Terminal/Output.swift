import CLinux
import Kernel

/// Standard output and standard error, unbuffered, with errors kept. A reader that went away (EPIPE) or a full disk
/// does not stop a run; the exit code reports it.
final class Output {
    /// The first error of a write to standard output.
    private(set) var error: Int32?

    /// Writes to standard output; nothing after an error.
    func write(_ bytes: [UInt8]) {
        if self.error == nil, let code = FileDescriptor.writeAll(1, bytes) { self.error = code }
    }

    /// Writes text to standard output.
    func write(_ text: String) { self.write(Array(text.utf8)) }

    /// Writes a line to standard error. It may quote the command line or the system, and a terminal must not interpret
    /// that. So control characters except the newline are written as `\u{1b}`.
    static func complain(_ text: String) {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: shown.append(scalar)
            case 0..<0x20, 0x7F..<0xA0:
                shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            default: shown.append(scalar)
            }
        }
        _ = FileDescriptor.writeAll(2, Array((String(shown) + "\n").utf8))
    }

    /// Writes a sentence about something that does not end the command.
    static func warn(_ sentence: String) { Self.complain("headroom: \(sentence)") }

    /// Writes text to standard error that is safe to show.
    static func writeError(_ text: String) { _ = FileDescriptor.writeAll(2, Array(text.utf8)) }

    /// Standard output is a terminal.
    static var isTerminal: Bool { isatty(1) == 1 }

    /// Columns and rows of the terminal behind standard output; 80 × 24 if they are not known.
    static var size: (columns: Int, rows: Int) {
        var columns: Int32 = 0
        var rows: Int32 = 0
        if linux_terminal_size(1, &columns, &rows) == 0, columns > 0, rows > 0 {
            return (Int(columns), Int(rows))
        }
        return (80, 24)
    }
}
