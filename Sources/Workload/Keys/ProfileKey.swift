import YAML

/// One key of a profile: where it stands, what the reference says of it, and what it sets. The reader, its advice on a
/// mistyped key and the tables of docs/reference/profile.md come from the list of these, and options refer to them.
public struct ProfileKey: DocumentKey, Sendable, Equatable {
    public let mapping: Mapping
    public let name: String
    public let type: String
    public let meaning: String
    public let example: String
    /// Reads its value into the profile. Nil where the reader of its mapping does that, because other keys matter, too.
    let reading: Reading?

    /// A mapping of a profile. The keys of a load are in three groups, which make one mapping.
    public enum Mapping: Sendable, CaseIterable {
        case profile, target, timeouts, http2, tls, step, body, expectation, gap
        case closedLoad, openLoad, load
        case stage, sine, diurnal, spike

        /// Its path, without the numbers of list items; empty for the profile itself.
        public var path: String {
            switch self {
            case .profile: ""
            case .target: "target"
            case .timeouts: "target.timeouts"
            case .http2: "target.http2"
            case .tls: "target.tls"
            case .step: "session[]"
            case .body: "session[].body"
            case .expectation: "session[].expect"
            case .gap: "gap"
            case .closedLoad, .openLoad, .load: "load"
            case .stage: "load.stages[]"
            case .sine: "load.stages[].sine"
            case .diurnal: "load.stages[].diurnal"
            case .spike: "load.stages[].spike"
            }
        }
    }

    init(
        _ mapping: Mapping, _ name: String, _ type: String, _ meaning: String, _ example: String,
        _ reading: Reading? = nil
    ) {
        self.mapping = mapping
        self.name = name
        self.type = type
        self.meaning = meaning
        self.example = example
        self.reading = reading
    }

    /// Every key, by mapping, in the order in which an error lists them.
    public static let all = profileKeys + targetKeys + sessionKeys + loadKeys + stageKeys

    /// Its path of keys, without the numbers of list items: `session[].every`.
    public var path: String { self.mapping.path.isEmpty ? self.name : "\(self.mapping.path).\(self.name)" }

    /// Keys are equal where they stand at the same place: `load.sessions` is a number of them or a rate.
    public static func == (left: ProfileKey, right: ProfileKey) -> Bool { left.path == right.path }

    /// How a key reads its own value. A value that cannot be read is reported, and sets nothing.
    struct Reading: Sendable {
        let read: @Sendable (inout ProfileReader, YAMLNode, String, inout Profile) -> Void
    }
}

extension ProfileKey.Reading {
    /// What a value sets.
    typealias Setter<Value> = @Sendable (Value, inout Profile) -> Void

    private static func of<Value>(
        _ read: @escaping @Sendable (inout ProfileReader, YAMLNode, String) -> Value?, _ set: @escaping Setter<Value>
    ) -> Self {
        Self { reader, node, path, profile in
            if let value = read(&reader, node, path) { set(value, &profile) }
        }
    }

    static func time(_ set: @escaping Setter<UInt64>) -> Self { .of({ $0.time($1, at: $2) }, set) }

    static func size(_ set: @escaping Setter<UInt64>) -> Self { .of({ $0.size($1, at: $2) }, set) }

    static func rate(_ set: @escaping Setter<Double>) -> Self { .of({ $0.rate($1, at: $2) }, set) }

    static func flag(_ set: @escaping Setter<Bool>) -> Self { .of({ $0.flag($1, at: $2) }, set) }

    static func text(_ set: @escaping Setter<String>) -> Self { .of({ $0.text($1, at: $2) }, set) }

    static func file(_ set: @escaping Setter<String>) -> Self { .of({ $0.fileName($1, at: $2) }, set) }

    static func integer<Number: FixedWidthInteger & Sendable>(_ set: @escaping Setter<Number>) -> Self {
        .of({ $0.integer($1, at: $2, as: Number.self) }, set)
    }

    static func choice<Word: RawRepresentable<String> & CaseIterable & Sendable>(
        _ type: Word.Type, _ set: @escaping Setter<Word>
    ) -> Self {
        .of({ $0.choice($1, at: $2, of: Word.self) }, set)
    }

    /// A time, or `auto`.
    static let warmup = Self { reader, node, path, profile in reader.readWarmup(node, at: path, into: &profile.load) }

    /// The rules that apply; an empty list turns off the default one, too.
    static let abort = Self { reader, node, path, profile in profile.load.abort = reader.abortRules(node, at: path) }

    /// Other names of the target.
    static let followHosts = Self { reader, node, path, profile in
        profile.followHosts = reader.followHosts(node, at: path)
    }
}
