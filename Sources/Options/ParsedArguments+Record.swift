/// What a record keeps of a command line. A `Redactor` still hides secrets in headers, URLs and queries when it is
/// written; what may be anything is dropped here.
extension ParsedArguments {
    /// What was typed, word by word, at most `limit` words.
    public func recordedWords(limit: Int) -> [String] {
        self.words.prefix(limit).map { word in
            switch word {
            case .plain(let text): text
            case .value(let option, let text): option.recordedText(text)
            }
        }
    }

    /// The options that were given and shape what is measured, each once, in the order of their list: the long name and
    /// the value as typed. Of several values the last counts; those of an option that may be given again stand on lines
    /// of their own. A switch is `true`.
    public var recordedOptions: [(name: String, value: String)] {
        self.given.filter { $0.recording != .commandLine }.map { option in
            if option.value == nil { return (option.long, "true") }
            let counted = option.isList ? self.all(option) : self.all(option).suffix(1)
            return (option.long, counted.map(option.recordedText).joined(separator: "\n"))
        }
    }
}

extension Option {
    /// The value as it is recorded. A file name is not secret: `@body.json`.
    fileprivate func recordedText(_ text: String) -> String {
        self.recording == .length && !text.hasPrefix("@") ? "<\(text.utf8.count) bytes>" : text
    }
}
