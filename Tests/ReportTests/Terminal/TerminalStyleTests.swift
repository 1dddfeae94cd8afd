import Report
import Testing

@Suite struct TerminalStyleTests {
    @Test("Colour needs a terminal that supports it and a user who does not refuse it")
    func suited() {
        #expect(TerminalStyle.suited(isTerminal: true, noColour: nil, term: "xterm-256color") == .colour)
        #expect(TerminalStyle.suited(isTerminal: true, noColour: "", term: "xterm") == .colour)
        #expect(TerminalStyle.suited(isTerminal: true, noColour: "1", term: "xterm") == .plain)
        #expect(TerminalStyle.suited(isTerminal: false, noColour: nil, term: "xterm") == .plain)
        #expect(TerminalStyle.suited(isTerminal: true, noColour: nil, term: "dumb") == .plain)
        #expect(TerminalStyle.suited(isTerminal: true, noColour: nil, term: nil) == .plain)
    }
}
