import Fleet
import Numerics
import Testing
import YAML

/// Whatever the bytes of a claims file are, the reader reports or reads them; it never traps.
@Suite struct HostileClaimsTests {
    /// Reads, and audits what can be read, in both modes.
    private static func probe(_ bytes: [UInt8]) -> Bool {
        guard let claims = try? Claims.parse(bytes, file: "c.yaml") else { return false }
        let evidence = Dictionary(
            uniqueKeysWithValues: claims.claims.map {
                ($0.id, ClaimEvidence(verdict: .refuted, low: 0, high: 1e300, sentence: "s"))
            })
        for mode in Audit.Mode.allCases { _ = Audit(claims, mode: mode, evidence: evidence) }
        return true
    }

    @Test(
        "A file that is cut at a line is refused or audited", arguments: [("claims-500m", 16), ("claims-chat-5m", 1)])
    func cut(name: String, step: Int) throws {
        let bytes = try AuditFiles.bytes("profiles/\(name).yaml")
        let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
        for line in stride(from: 0, to: ends.count, by: step) { _ = Self.probe(Array(bytes[...ends[line]])) }
        #expect(Self.probe(bytes), "the whole file can be audited")
    }

    @Test("A file with changed bytes is refused or audited")
    func mutated() throws {
        let bytes = try AuditFiles.bytes("profiles/claims-chat-5m.yaml")
        let signs = Array("0123456789%$*/+-(),.:{}[]'\"\n #&|>~^\u{0}eKMGx".utf8) + [0x80, 0xFF]
        var random = RandomGenerator(seed: 26)
        var refused = 0
        for _ in 0..<200 {
            var changed = bytes
            for _ in 0..<(1 + random.next() % 4) {
                let place = Int(random.next() % UInt64(changed.count))
                changed[place] = signs[Int(random.next() % UInt64(signs.count))]
            }
            if !Self.probe(changed) { refused += 1 }
        }
        #expect(refused > 0 && refused < 200)
    }

    @Test("Formulas of random words are refused or computed")
    func formulas() throws {
        let words = [
            "daily", "each", "1", "0", "12,500", "0.5", "%", "KB", "users", "/", "*", "+", "-", "(", ")", "ceil(",
            "max(",
            "between(", "tiered(", "stated(", ",", "$", "99999999999999999999", "day", "A", "<",
        ]
        var random = RandomGenerator(seed: 27)
        for _ in 0..<500 {
            let formula = (0...(random.next() % 12)).map { _ in words[Int(random.next() % UInt64(words.count))] }
                .joined(separator: " ")
            _ = Self.probe(
                AuditFiles.text(
                    "inputs: {daily: {value: 5 users}, each: {value: 2 KB/user}}\n"
                        + "claims: [{id: A, text: t, states: 6 users, formula: '\(formula)'}]\n"))
        }
    }
}
