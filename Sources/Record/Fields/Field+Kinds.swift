import Units
import YAML

/// A value with one form in JSON.
protocol FieldScalar: Sendable {
    init?(_ node: DataNode)
    var json: JSON { get }
}

extension UInt64: FieldScalar {
    init?(_ node: DataNode) {
        guard let integer = node.integer else { return nil }
        self = integer
    }

    var json: JSON { .integer(self) }
}

extension Int: FieldScalar {
    init?(_ node: DataNode) {
        guard let integer = node.integer else { return nil }
        self = Int(clamping: integer)
    }

    var json: JSON { .integer(UInt64(Swift.max(0, self))) }
}

extension Double: FieldScalar {
    init?(_ node: DataNode) {
        guard let number = node.number else { return nil }
        self = number
    }

    var json: JSON { .number(self) }
}

extension Bool: FieldScalar {
    init?(_ node: DataNode) {
        guard let boolean = node.boolean else { return nil }
        self = boolean
    }

    var json: JSON { .bool(self) }
}

extension Field {
    /// A value that is always known when it is written.
    static func value<Scalar: FieldScalar>(
        _ name: String, _ path: any WritableKeyPath<Value, Scalar> & Sendable, since: Revision = .first,
        absence: Absence = .unknown, isAtStart: Bool = false
    ) -> Field {
        Field(
            name, since: since, absence: absence, isAtStart: isAtStart,
            write: { value, _ in value[keyPath: path].json }
        ) { node, value, _ in
            guard let scalar = Scalar(node) else { return false }
            value[keyPath: path] = scalar
            return true
        }
    }

    /// A value that may be unknown: null.
    static func optional<Scalar: FieldScalar>(
        _ name: String, _ path: any WritableKeyPath<Value, Scalar?> & Sendable, since: Revision = .first,
        isOmitted: Bool = false, isAtStart: Bool = false
    ) -> Field {
        Field(
            name, since: since, absence: .none, isAtStart: isAtStart,
            write: { value, _ in value[keyPath: path].map(\.json) ?? (isOmitted ? nil : .null) }
        ) { node, value, _ in
            value[keyPath: path] = Scalar(node)
            return true
        }
    }

    /// A member that is there only if it is true.
    static func flag(
        _ name: String, _ path: any WritableKeyPath<Value, Bool> & Sendable, since: Revision = .first,
        isAtStart: Bool = false
    ) -> Field {
        Field(
            name, since: since, absence: .none, isAtStart: isAtStart,
            write: { value, _ in value[keyPath: path] ? .bool(true) : nil }
        ) { node, value, _ in
            value[keyPath: path] = node.boolean ?? false
            return true
        }
    }

    /// A text that may contain a secret.
    static func text(
        _ name: String, _ path: any WritableKeyPath<Value, String> & Sendable, since: Revision = .first,
        absence: Absence = .unknown, isAtStart: Bool = false
    ) -> Field {
        Field(
            name, since: since, absence: absence, isAtStart: isAtStart,
            write: { value, writing in .string(writing.redactor.text(value[keyPath: path])) }
        ) { node, value, _ in
            guard let text = node.text else { return false }
            value[keyPath: path] = text
            return true
        }
    }

    /// The same where it may be unknown: null.
    static func text(
        _ name: String, optional path: any WritableKeyPath<Value, String?> & Sendable, since: Revision = .first
    ) -> Field {
        Field(
            name, since: since, absence: .none,
            write: { value, writing in .stringOrNull(value[keyPath: path].map(writing.redactor.text)) }
        ) { node, value, _ in
            value[keyPath: path] = node.text
            return true
        }
    }

    /// A text of the target that is shown on terminals and pages: redacted, then escaped.
    static func foreign(
        _ name: String, _ path: any WritableKeyPath<Value, String> & Sendable, since: Revision = .first,
        absence: Absence = .damage
    ) -> Field {
        Field(
            name, since: since, absence: absence,
            write: { value, writing in
                .string(TerminalText.sanitised(writing.redactor.text(value[keyPath: path])))
            }
        ) { node, value, _ in
            guard let text = node.text else { return false }
            value[keyPath: path] = TerminalText.plain(text)
            return true
        }
    }

    /// One word of a fixed set.
    static func word<Word: RawRepresentable<String> & Sendable>(
        _ name: String, _ path: any WritableKeyPath<Value, Word> & Sendable, since: Revision = .first,
        absence: Absence = .unknown, isAtStart: Bool = false
    ) -> Field {
        Field(
            name, since: since, absence: absence, isAtStart: isAtStart,
            write: { value, _ in .string(value[keyPath: path].rawValue) }
        ) { node, value, _ in
            guard let word = node.text.flatMap(Word.init) else { return false }
            value[keyPath: path] = word
            return true
        }
    }

    /// One word of a set that may grow: a word that is not known here is nil, and so is one that is not there.
    static func word<Word: RawRepresentable<String> & Sendable>(
        _ name: String, optional path: any WritableKeyPath<Value, Word?> & Sendable, since: Revision = .first,
        isAtStart: Bool = false
    ) -> Field {
        Field(
            name, since: since, absence: .unknown, isAtStart: isAtStart,
            write: { value, _ in .stringOrNull(value[keyPath: path]?.rawValue) }
        ) { node, value, _ in
            value[keyPath: path] = node.text.flatMap(Word.init)
            return value[keyPath: path] != nil
        }
    }

    /// One of a set of cases by its name.
    static func named<Case: CaseIterable & Sendable>(
        _ name: String, _ path: any WritableKeyPath<Value, Case> & Sendable,
        _ word: any KeyPath<Case, String> & Sendable, since: Revision = .first, absence: Absence = .damage
    ) -> Field {
        Field(
            name, since: since, absence: absence,
            write: { value, _ in .string(value[keyPath: path][keyPath: word]) }
        ) { node, value, _ in
            let text = node.text
            guard let found = Case.allCases.first(where: { $0[keyPath: word] == text }) else { return false }
            value[keyPath: path] = found
            return true
        }
    }

    /// A member that follows from others. Nil: it is left out.
    static func derived(
        _ name: String, isAtStart: Bool = false, _ json: @escaping @Sendable (Value, FieldWriting) -> JSON?
    ) -> Field {
        Field(name, absence: .none, isAtStart: isAtStart, write: json)
    }

    /// Several members as one object of their own.
    static func group(
        _ name: String, since: Revision = .first, absence: Absence = .none, isAtStart: Bool = false,
        _ fields: Fields<Value>
    ) -> Field {
        Field(
            name, since: since, absence: absence, isAtStart: isAtStart, write: { fields.json($0, $1) }
        ) { node, value, reading throws(ParseError) in
            guard node.members != nil else { return false }
            try fields.read(node, into: &value, reading)
            return true
        }
    }

    /// A part with fields of its own.
    static func object<Part>(
        _ name: String, _ path: any WritableKeyPath<Value, Part> & Sendable, since: Revision = .first,
        absence: Absence = .none, isAtStart: Bool = false, _ fields: Fields<Part>
    ) -> Field {
        Field(
            name, since: since, absence: absence, isAtStart: isAtStart,
            write: { value, writing in fields.json(value[keyPath: path], writing) }
        ) { node, value, reading throws(ParseError) in
            guard node.members != nil else { return false }
            try fields.read(node, into: &value[keyPath: path], reading)
            return true
        }
    }

    /// A part that may be missing: no member, or null with `isNull`. A part that lacks what it cannot do without counts
    /// as missing.
    static func object<Part: Sendable>(
        _ name: String, optional path: any WritableKeyPath<Value, Part?> & Sendable, from blank: Part,
        since: Revision = .first, isNull: Bool = false, isAtStart: Bool = false, _ fields: Fields<Part>
    ) -> Field {
        Field(
            name, since: since, absence: .none, isAtStart: isAtStart,
            write: { value, writing in value[keyPath: path].map { fields.json($0, writing) } ?? (isNull ? .null : nil) }
        ) { node, value, reading in
            var part = blank
            do {
                try fields.read(node, into: &part, reading)
                value[keyPath: path] = part
                return true
            } catch {
                return false
            }
        }
    }

    /// A list of parts, at most `limit` of which are read; no member where it is empty and `isOmitted`. A part that
    /// lacks what it cannot do without is left out.
    static func list<Part: Sendable>(
        _ name: String, _ path: any WritableKeyPath<Value, [Part]> & Sendable, of blank: Part, limit: Int,
        since: Revision = .first, isOmitted: Bool = false, isAtStart: Bool = false, _ fields: Fields<Part>
    ) -> Field {
        Field(
            name, since: since, absence: .none, isAtStart: isAtStart,
            write: { value, writing in
                let parts = value[keyPath: path]
                if parts.isEmpty && isOmitted { return nil }
                return .array(parts.enumerated().map { fields.json($1, writing.inside("\($0)")) })
            }
        ) { node, value, reading in
            guard let items = node.items else { return false }
            value[keyPath: path] = items.prefix(limit).enumerated().compactMap { index, item in
                var part = blank
                do {
                    try fields.read(item, into: &part, reading.inside("\(index)"))
                    return part
                } catch {
                    return nil
                }
            }
            return true
        }
    }

    /// A list of texts; no member where it is empty.
    static func texts(
        _ name: String, _ path: any WritableKeyPath<Value, [String]> & Sendable, limit: Int, since: Revision = .first,
        isOmitted: Bool = true, isAtStart: Bool = false
    ) -> Field {
        Field(
            name, since: since, absence: .none, isAtStart: isAtStart,
            write: { value, writing in
                let texts = value[keyPath: path]
                return texts.isEmpty && isOmitted ? nil : .array(texts.map { .string(writing.redactor.text($0)) })
            }
        ) { node, value, _ in
            guard let items = node.items else { return false }
            value[keyPath: path] = items.prefix(limit).compactMap(\.text)
            return true
        }
    }
}
