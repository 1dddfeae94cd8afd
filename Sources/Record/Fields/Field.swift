import Units
import YAML

/// One member of an object in a record: its name, the revision that added it, and how it is written and read back. Each
/// recorded fact is declared once, as a field.
struct Field<Value>: Sendable {
    /// What a record says by leaving the member out.
    enum Absence: Sendable {
        /// That there was none, such as no probe, or that other files of the record have the value.
        case none
        /// Nothing: the value is unknown.
        case unknown
        /// The file is damaged.
        case damage
    }

    /// Returns nil to leave the member out.
    typealias Write = @Sendable (Value, FieldWriting) -> JSON?
    /// Returns false where the member is not of the right kind.
    typealias Read = @Sendable (DataNode, inout Value, FieldReading) throws(ParseError) -> Bool

    let name: String
    let since: Revision
    let absence: Absence
    /// Also in the run.json of a run that goes on.
    let isAtStart: Bool
    let write: Write
    /// Nil for a member that follows from others: it is written for people and programs, and not read back.
    let read: Read?

    init(
        _ name: String, since: Revision = .first, absence: Absence = .unknown, isAtStart: Bool = false,
        write: @escaping Write, read: Read? = nil
    ) {
        self.name = name
        self.since = since
        self.absence = absence
        self.isAtStart = isAtStart
        self.write = write
        self.read = read
    }
}

/// What a field needs to write itself.
struct FieldWriting: Sendable {
    let redactor: Redactor
    /// The run goes on: it has no results yet.
    var isStart = false
    /// Paths of members and names of columns whose values are unknown: they are written as null.
    var unknown: Set<String> = []
    /// The names of the objects around the field.
    var path = ""

    /// The same inside a member.
    func inside(_ name: String) -> FieldWriting {
        var inner = self
        inner.path = FieldPath.joined(self.path, name)
        return inner
    }
}

/// What a field needs to read itself back.
struct FieldReading {
    let notes: FieldNotes
    var path = ""

    /// The same inside a member.
    func inside(_ name: String) -> FieldReading {
        FieldReading(notes: self.notes, path: FieldPath.joined(self.path, name))
    }
}

/// What a reader of fields noticed.
final class FieldNotes {
    /// Members that this version does not know, by their paths; at most `limit`.
    private(set) var unexpected: [String] = []
    /// Members that the record does not have, and whose values are therefore unknown.
    private(set) var missing: Set<String> = []
    /// The same with members whose absence says that there was none.
    private(set) var absent: Set<String> = []
    /// Members that are not there at all, not even as null, with the revision from which on every record has them.
    private(set) var leftOut: [(path: String, since: Revision)] = []
    /// Most unexpected paths that are kept. The others are bounded by the declarations and the limits of lists.
    static let limit = 64

    func addUnexpected(_ path: String) {
        if self.unexpected.count < Self.limit, !self.unexpected.contains(path) { self.unexpected.append(path) }
    }

    func addMissing(_ path: String) { self.missing.insert(path) }

    func addLeftOut(_ path: String, since: Revision) {
        if self.leftOut.count < Self.limit { self.leftOut.append((path, since)) }
    }

    func addAbsent(_ path: String) { self.absent.insert(path) }
}

/// Paths of members, such as `client.host.ticks`.
enum FieldPath {
    static func joined(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

/// All members of one object, in order.
struct Fields<Value>: Sendable {
    let all: [Field<Value>]

    init(_ all: [Field<Value>]) { self.all = all }

    var names: Set<String> { Set(self.all.map(\.name)) }

    /// The value as an object.
    func json(_ value: Value, _ writing: FieldWriting) -> JSON { .object(self.members(value, writing)) }

    /// The members of the object.
    func members(_ value: Value, _ writing: FieldWriting) -> [(key: String, value: JSON)] {
        self.all.compactMap { field in
            if writing.isStart && !field.isAtStart { return nil }
            let inner = writing.inside(field.name)
            if field.read != nil, writing.unknown.contains(inner.path) { return (field.name, .null) }
            return field.write(value, inner).map { (field.name, $0) }
        }
    }

    /// Reads an object into a value. Members that are not there leave it as it is; null says that nothing is known.
    /// `others`: names in the same object that others read.
    func read(
        _ node: DataNode, into value: inout Value, _ reading: FieldReading, besides others: Set<String> = []
    ) throws(ParseError) {
        guard let members = node.members else { throw ParseError("line \(node.line): an object belongs here") }
        let names = self.names.union(others)
        for (key, _) in members where !names.contains(key) {
            reading.notes.addUnexpected(FieldPath.joined(reading.path, key))
        }
        let found = Dictionary(members, uniquingKeysWith: { first, _ in first })
        for field in self.all {
            guard let read = field.read else { continue }
            let inner = reading.inside(field.name)
            guard let member = found[field.name], !member.isNull else {
                reading.notes.addAbsent(inner.path)
                switch field.absence {
                case .none: break
                case .unknown:
                    reading.notes.addMissing(inner.path)
                    if found[field.name] == nil { reading.notes.addLeftOut(inner.path, since: field.since) }
                case .damage: throw ParseError("line \(node.line): no member \"\(field.name)\"")
                }
                continue
            }
            if try read(member, &value, inner) { continue }
            if field.absence == .damage {
                throw ParseError("line \(member.line): \"\(field.name)\" cannot be what it says")
            }
            reading.notes.addAbsent(inner.path)
            if field.absence == .unknown { reading.notes.addMissing(inner.path) }
        }
    }
}
