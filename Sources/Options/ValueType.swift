import Units

/// How the words typed for an option become its value: the type and its unit, as help names it and as it is read.
public struct ValueType<Value: Sendable>: Sendable {
    /// What stands for a value in help: `TIME`; nil for a switch.
    public let word: String?
    /// Every word that is given counts; else only the last.
    let isList: Bool
    private let reading: @Sendable (_ words: [String], _ option: Option) throws(UsageError) -> Value

    /// How an error names a word that cannot be read.
    public enum Place: Sendable {
        /// By its option alone.
        case option
        /// With the word: `--data @file`.
        case typed
        /// With the word in quotes, because it has blanks.
        case quoted
        /// With its number: the word may be a secret.
        case number

        fileprivate func text(_ option: Option, _ word: String, _ index: Int) -> String {
            switch self {
            case .option: option.shown
            case .typed: "\(option.shown) \(word)"
            case .quoted: "\(option.shown) '\(word)'"
            case .number: "\(option.shown), number \(index + 1)"
            }
        }
    }

    private init(
        _ word: String?, isList: Bool, reading: @escaping @Sendable ([String], Option) throws(UsageError) -> Value
    ) {
        self.word = word
        self.isList = isList
        self.reading = reading
    }

    /// A type of one value, which the last word gives.
    public init(
        _ word: String, at place: Place = .option, read: @escaping @Sendable (String) throws(ParseError) -> Value
    ) {
        self.init(word, isList: false) { words, option throws(UsageError) in
            guard let last = words.last else { throw UsageError("\(option.shown) needs a value") }
            do throws(ParseError) {
                return try read(last)
            } catch {
                throw UsageError("\(place.text(option, last, words.count - 1)): \(error.message)")
            }
        }
    }

    /// The value of some words; throws one sentence that names the option.
    public func read(_ words: [String], of option: Option) throws(UsageError) -> Value {
        try self.reading(words, option)
    }

    /// The value of one word, which may be a part of what was typed.
    public func read(_ word: String, of option: Option) throws(UsageError) -> Value {
        try self.reading([word], option)
    }
}

extension ValueType {
    /// A type to which each word adds one value. `limit`: how many there may be, and what they are called.
    public static func each<Element>(
        _ word: String, at place: Place = .option, limit: (count: Int, name: String)? = nil,
        read: @escaping @Sendable (String) throws(ParseError) -> Element
    ) -> Self where Value == [Element] {
        Self(word, isList: true) { words, option throws(UsageError) in
            var values: [Element] = []
            for (index, word) in words.enumerated() {
                do throws(ParseError) {
                    values.append(try read(word))
                } catch {
                    throw UsageError("\(place.text(option, word, index)): \(error.message)")
                }
            }
            if let limit, values.count > limit.count {
                throw UsageError(
                    "\(option.shown): at most \(limit.count) \(limit.name), \(values.count) were given")
            }
            return values
        }
    }
}

extension ValueType where Value == Bool {
    /// A switch: on where it was given.
    public static var on: Self { Self(nil, isList: false) { _, _ in true } }
}

extension ValueType where Value == String {
    /// Any text, under this word.
    public static func text(_ word: String) -> Self { Self(word) { $0 } }

    /// The name of a file.
    public static var file: Self {
        Self("FILE") { text throws(ParseError) in
            if text.isEmpty { throw ParseError("the name of the file is empty") }
            return text
        }
    }
}

extension ValueType where Value == Int {
    /// A whole number from `lowest` on, up to `highest` if there is one.
    public static func whole(atLeast lowest: Int, atMost highest: Int = .max) -> Self {
        Self("N") { text throws(ParseError) in
            guard let value = Int(text), value >= lowest else {
                throw ParseError("\(text) is not a whole number of at least \(lowest)")
            }
            if value > highest { throw ParseError("at most \(highest)") }
            return value
        }
    }
}

extension ValueType where Value == Int32 {
    /// The number of a process.
    public static var processNumber: Self {
        Self("PID") { text throws(ParseError) in
            guard let number = Int32(text), number > 0 else { throw ParseError("\(text) is not a process number") }
            return number
        }
    }
}

extension ValueType where Value == UInt64 {
    /// Nanoseconds, written `43.2s`.
    public static var time: Self { Self("TIME", read: TimeSpan.parse) }

    /// Bytes, written `50KB`.
    public static var size: Self { Self("SIZE", read: ByteSize.parse) }

    /// The seed of what is drawn.
    public static var seed: Self {
        Self("N") { text throws(ParseError) in
            guard let seed = UInt64(text) else {
                throw ParseError("\(text) is not a whole number from 0 to \(UInt64.max)")
            }
            return seed
        }
    }
}

extension ValueType where Value: RawRepresentable<String> & CaseIterable {
    /// One of the words that a type has. `suggests`: an error has the nearest of them.
    public static func choice(of type: Value.Type, _ word: String = "WORD", suggests: Bool = false) -> Self {
        Self(word) { text throws(ParseError) in
            if let value = Value(rawValue: text) { return value }
            let known = Value.allCases.map(\.rawValue)
            let hint = suggests ? nearest(text, in: known).map { "; did you mean \($0)?" } ?? "" : ""
            throw ParseError("\(text) is none of \(known.joined(separator: ", "))\(hint)")
        }
    }
}
