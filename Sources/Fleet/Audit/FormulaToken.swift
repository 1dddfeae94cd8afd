import Units

/// One word of a formula.
struct FormulaToken {
    let kind: Kind
    /// In characters from the beginning of the formula.
    let offset: Int

    enum Kind: Equatable {
        /// A number, and how much one in its last digit is.
        case number(Rational, step: Rational)
        case word(String)
        /// An operator, a bracket, a comma, `$`, `%` or `~`.
        case symbol(String)
        case end
    }

    /// As an error names it.
    var shown: String {
        switch self.kind {
        case .number(let value, _): quoted(value.text())
        case .word(let word): quoted(word)
        case .symbol(let symbol): quoted(symbol)
        case .end: "the end"
        }
    }

    /// The words of a formula; the last one is its end.
    static func all(of text: String) throws(FormulaError) -> [FormulaToken] {
        var scan = Scan(scalars: Array(text.unicodeScalars))
        guard scan.scalars.count <= Formula.lengthLimit else {
            throw FormulaError(
                offset: 0,
                message: "this is longer than \(Formula.lengthLimit) characters; give its parts names in `figures`")
        }
        var tokens: [FormulaToken] = []
        // Each turn takes at least one character.
        while let token = try scan.next() { tokens.append(token) }
        tokens.append(FormulaToken(kind: .end, offset: scan.scalars.count))
        return tokens
    }

    /// A place in the text.
    private struct Scan {
        let scalars: [Unicode.Scalar]
        var index = 0

        /// Most digits of a number.
        private static let digitsLimit = 30
        private static let symbols: Set<Unicode.Scalar> = ["+", "-", "*", "/", "(", ")", ",", "$", "%", "~"]
        private static let spellings: [Unicode.Scalar: String] = [
            "×": "*", "·": "*", "÷": "/", "−": "-", "≈": "~",
        ]
        private static let relations: Set<Unicode.Scalar> = ["<", ">", "=", "!"]

        private var current: Unicode.Scalar? {
            self.scalars.indices.contains(self.index) ? self.scalars[self.index] : nil
        }

        private func isDigit(at index: Int) -> Bool {
            self.scalars.indices.contains(index) && ("0"..."9").contains(self.scalars[index])
        }

        mutating func next() throws(FormulaError) -> FormulaToken? {
            while let space = self.current, space == " " || space == "\n" || space == "\t" { self.index += 1 }
            guard let scalar = self.current else { return nil }
            let offset = self.index
            if self.isDigit(at: offset) { return try self.number() }
            if Self.isLetter(scalar) {
                var word = String.UnicodeScalarView()
                while let letter = self.current, Self.isLetter(letter) || self.isDigit(at: self.index) {
                    word.append(letter)
                    self.index += 1
                }
                return FormulaToken(kind: .word(String(word)), offset: offset)
            }
            self.index += 1
            if Self.symbols.contains(scalar) { return FormulaToken(kind: .symbol(String(scalar)), offset: offset) }
            if let symbol = Self.spellings[scalar] { return FormulaToken(kind: .symbol(symbol), offset: offset) }
            if Self.relations.contains(scalar) {
                var symbol = String(scalar)
                if self.current == "=" {
                    symbol += "="
                    self.index += 1
                }
                return FormulaToken(kind: .symbol(symbol), offset: offset)
            }
            throw FormulaError(offset: offset, message: "\(quoted(String(scalar))) has no meaning in a formula")
        }

        private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
        }

        /// Digits with commas in groups of three, and a part behind the point.
        private mutating func number() throws(FormulaError) -> FormulaToken {
            let offset = self.index
            var digits = 0
            var value = Rational.zero
            var step = Rational.one
            let tooLong = FormulaError(
                offset: offset, message: "this number has more than \(Self.digitsLimit) digits; use a unit such as PB"
            )
            func take(_ scalar: Unicode.Scalar) throws(FormulaError) {
                digits += 1
                guard digits <= Self.digitsLimit, let ten = value.times(Rational(10)),
                    let next = ten.plus(Rational(Int(scalar.value) - 0x30))
                else { throw tooLong }
                value = next
            }
            while let scalar = self.current {
                if scalar == ",", self.isDigit(at: self.index + 1) {
                    let isGroup =
                        (1...3).allSatisfy { self.isDigit(at: self.index + $0) } && !self.isDigit(at: self.index + 4)
                    guard isGroup else {
                        throw FormulaError(
                            offset: self.index,
                            message:
                                "a comma inside a number stands before groups of three digits; write a space after "
                                + "one that separates values")
                    }
                    self.index += 1
                    continue
                }
                guard self.isDigit(at: self.index) else { break }
                try take(scalar)
                self.index += 1
            }
            if self.current == ".", self.isDigit(at: self.index + 1) {
                self.index += 1
                while let scalar = self.current, self.isDigit(at: self.index) {
                    try take(scalar)
                    self.index += 1
                    guard let finer = step.divided(by: Rational(10)) else { throw tooLong }
                    step = finer
                }
                guard let scaled = value.times(step) else { throw tooLong }
                let isGrouped = value.isWhole && Rational(1_000).times(step) == .one && !(scaled < .one)
                if isGrouped, self.scalars[self.index - 1] == "0" {
                    throw FormulaError(
                        offset: offset,
                        message: "a point stands before decimals; write a comma for thousands, or leave out the last 0")
                }
                value = scaled
            }
            return FormulaToken(kind: .number(value, step: step), offset: offset)
        }
    }
}
