import Units

/// The part after a plain objective: `for STEP` and `in SHARE of LENGTH windows`.
struct SLOScope {
    /// The plain objective.
    var head: String
    var step: String?
    var windows: SLO.Windowed?
    /// The text that is printed after the objective, with a blank in front; empty if there is none.
    var text = ""

    private static let windowGrammar = "write such as `p99 < 500ms in 99% of 10s windows`"
    private static let stepGrammar = "write such as `p99 < 500ms for GET /path`, or `for` and a step's name"

    /// Reads the words from the first `for` or `in` on.
    static func split(_ text: String) throws(ParseError) -> SLOScope {
        let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        let place = words.firstIndex { $0 == "for" || $0 == "in" } ?? words.count
        // Blanks in the head do not matter: it is split into words again.
        var scope = SLOScope(head: place == words.count ? text : words[..<place].joined(separator: " "))
        var rest = words[place...]
        if rest.first == "for" {
            rest.removeFirst()
            try scope.takeStep(&rest)
        }
        if rest.first == "in" { try scope.takeWindows(&rest) }
        if let word = rest.first {
            throw ParseError("\(quoted(word)) cannot be understood; \(windowGrammar), or \(stepGrammar)")
        }
        return scope
    }

    /// A step's name, or a method and a path.
    private mutating func takeStep(_ rest: inout ArraySlice<String>) throws(ParseError) {
        guard let first = rest.popFirst(), first != "in" else {
            throw ParseError("`for` needs a step; \(Self.stepGrammar)")
        }
        guard !first.hasPrefix("/") else {
            throw ParseError("\(quoted(first)) needs its method; write such as `for GET \(first)`")
        }
        var step = first
        if let path = rest.first, path.hasPrefix("/") {
            rest.removeFirst()
            step += " " + path
        }
        self.step = step
        self.text += " for \(step)"
    }

    private mutating func takeWindows(_ rest: inout ArraySlice<String>) throws(ParseError) {
        let words = Array(rest)
        rest = []
        guard words.count == 5, words[2] == "of", words[4] == "windows" else {
            throw ParseError(
                "\(quoted(words.joined(separator: " "))) is no share of windows; \(Self.windowGrammar)")
        }
        let share = try Percentage.parse(words[1])
        guard share > 0 else { throw ParseError("a share of 0% asks for nothing; use one above 0") }
        let length = try TimeSpan.parse(words[3])
        guard length >= 1_000_000_000, length % 1_000_000_000 == 0, length <= TimeSpan.limitNanoseconds else {
            throw ParseError("\(quoted(words[3])): a window is a number of whole seconds, 1s or more")
        }
        self.windows = SLO.Windowed(share: share, length: length)
        self.text += " in \(words[1]) of \(TimeSpan.text(length)) windows"
    }

    /// Throws if the objective does not apply to a step or to windows.
    func check(_ objective: SLO.Objective) throws(ParseError) {
        switch objective {
        case .heldEqualsAsked:
            throw ParseError("`held = asked` is about all users, all the time; drop what stands behind it")
        case .connectionsEqualAsked:
            throw ParseError(
                "`connections = asked` is about all connections, all the time; drop what stands behind it")
        case .resent where self.step != nil:
            throw ParseError("what is sent again is counted for all requests; drop `for` and its step")
        case .rate where self.step != nil, .throughput where self.step != nil:
            throw ParseError("a lower limit is about all requests; drop `for` and its step")
        case .percentile(let word, _, _), .mean(let word, _), .maximum(let word, _):
            guard self.step == nil || (word != .session && word != .connect) else {
                throw ParseError(
                    "\(quoted(word.rawValue)) is not a latency of single steps; use response, service or ttfb"
                )
            }
        case .errors, .resent, .rate, .throughput: break
        }
    }
}

extension Profile {
    /// The indices of the steps that an objective is about: those with that name, else those with that method and path,
    /// the path as in the profile or as it is sent; all if it names none. Empty if no step matches.
    public func steps(of slo: SLO) -> [Int] {
        guard let wanted = slo.step else { return Array(self.session.indices) }
        let named = self.session.indices.filter { self.session[$0].name == wanted }
        if !named.isEmpty { return named }
        let words = wanted.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2 else { return [] }
        let paths = [words[1], ProfileReader.joined(self.target.path, words[1])]
        return self.session.indices.filter {
            self.session[$0].method == words[0] && paths.contains(self.session[$0].path)
        }
    }
}
