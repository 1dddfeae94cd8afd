/// A command: how it is used, what it does, two examples, and its options.
public struct Command: Sendable {
    public let name: String
    /// A few words for the overview.
    public let summary: String
    /// What follows `headroom`, a line each, with what it means.
    public let usage: [(words: String, meaning: String)]
    /// Paragraphs, each without line ends.
    public let about: [String]
    public let examples: [Example]
    public let options: [Option]

    /// A command line that does something useful.
    public struct Example: Sendable {
        public let words: String
        public let meaning: String

        /// A command line without `headroom`.
        public init(_ words: String, _ meaning: String) {
            self.words = words
            self.meaning = meaning
        }

        /// What it means, in front of it: with a colon, unless it is a question.
        var lead: String { self.meaning.hasSuffix("?") ? self.meaning : self.meaning + ":" }
    }

    /// A command with everything that is known of it.
    public init(
        _ name: String, summary: String, usage: [(words: String, meaning: String)], about: [String],
        examples: [Example], options: [Option]
    ) {
        self.name = name
        self.summary = summary
        self.usage = usage
        self.about = about
        self.examples = examples
        self.options = options
    }

    /// Its options by section, in the order of the sections; sections without one are left out.
    public var sections: [(section: Option.Section, options: [Option])] {
        Option.Section.allCases.compactMap { section in
            let options = self.options.filter { $0.section == section }
            return options.isEmpty ? nil : (section, options)
        }
    }
}
