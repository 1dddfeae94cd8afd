import TestSupport
import Testing
import Units
import YAML

@testable import Workload

@Suite("The keys of a profile")
struct ProfileKeyTests {
    /// A profile's text, with the parts that contain the key.
    private static func text(
        target: String = "url: https://host/", step: String = "get: /", load: String = "users: 50", rest: String = ""
    ) -> String {
        "version: 1\nname: keys\ntarget: {\(target)}\nsession: [{\(step)}]\nload: {\(load)}\n\(rest)\n"
    }

    /// The smallest profile with a key as in its example.
    private static func text(with key: ProfileKey) -> String {
        let example = key.example
        func all(_ mapping: ProfileKey.Mapping) -> String {
            ProfileKey.all.filter { $0.mapping == mapping }.map(\.example).joined(separator: ", ")
        }
        switch key.mapping {
        case .profile:
            let others = Self.text().split(separator: "\n").filter { !$0.hasPrefix("\(key.name):") }
            return (others + ["\(example)\n"]).joined(separator: "\n")
        case .target:
            let beside = key == .followHosts ? "follow: 1, " : ""
            // Inside braces a bracket needs quotes.
            return Self.text(target: key == .url ? "url: \"\(example.dropFirst(5))\"" : "url: https://host/, \(beside)\(example)")
        case .timeouts: return Self.text(target: "url: https://host/, timeouts: {\(example)}")
        case .http2: return Self.text(target: "url: https://host/, http2: {\(example)}")
        case .tls: return Self.text(target: "url: https://host/, tls: {\(key == .tlsKey ? "cert: c, " : "")\(example)}")
        case .step where example.hasSuffix("/asset/50k") || key.meaning.contains("this path"): return Self.text(step: example)
        case .step where key == .stepMethod: return Self.text(step: "\(example), path: /")
        case .step where key == .stepPath: return Self.text(step: "method: PURGE, \(example)")
        case .step, .body, .expectation, .gap: return Self.text(step: "get: /, \(example)")
        case .closedLoad, .load: return Self.text(step: "get: /, every: 1s", load: example)
        case .openLoad:
            let beside: [(key: ProfileKey, text: String)] = [
                (.loadStages, ", unit: sessions"), (.loadUnit, ", stages: [{rate: 5/s, for: 60s}]"),
                (.loadArrivals, ", sessions: 5/s"), (.loadMaxUsers, ", sessions: 5/s"),
            ]
            return Self.text(load: example + (beside.first { $0.key == key }?.text ?? ""))
        case .stage:
            return Self.text(
                load: "unit: sessions, stages: [\(key == .stageFor ? "{rate: 5/s, \(example)}" : example)]")
        case .sine: return Self.text(load: "unit: sessions, stages: [{sine: {\(all(.sine))}, for: 60s}]")
        case .diurnal: return Self.text(load: "unit: sessions, stages: [{diurnal: {\(all(.diurnal))}, for: 60s}]")
        case .spike: return Self.text(load: "unit: sessions, stages: [{spike: {\(all(.spike))}}]")
        }
    }

    private static func parse(_ text: String, keys: [ProfileKey] = ProfileKey.all) throws(DocumentErrors) -> Profile {
        try Profile.parse(Array(text.utf8), file: "p.yaml", keys: keys) { name throws(ParseError) in
            name == "day.csv" ? Array("5\n6\n7.5\n".utf8) : [1]
        }
    }

    @Test("the example of every key is read", arguments: ProfileKey.all)
    func examples(_ key: ProfileKey) {
        #expect(throws: Never.self) { try Self.parse(Self.text(with: key)) }
    }

    @Test("a key that is not in the list is refused, even if its value is right", arguments: ProfileKey.all)
    func unknown(_ key: ProfileKey) throws {
        let others = ProfileKey.all.filter { $0 != key }
        let errors = #expect(throws: DocumentErrors.self) { try Self.parse(Self.text(with: key), keys: others) }
        #expect(try #require(errors).errors.contains { $0.message.contains("unknown key `\(key.name)`") }, "\(errors as Any)")
    }

    @Test("the tables of docs/reference/profile.md are those of the list; UPDATE_GOLDEN=1 writes them")
    func reference() throws {
        let tables = ProfileKeyReference.tables()
        #expect(ProfileKey.all.count > 80 && tables.flatMap(\.lines).count == ProfileKey.all.count + 2 * tables.count)
        try Golden.expect(tables: tables, in: "docs/reference/profile.md")
    }
}

extension ProfileKey: CustomTestStringConvertible {
    public var testDescription: String { self.path }
}
