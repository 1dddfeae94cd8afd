import Foundation
import TestSupport
import Testing
import YAML

@testable import Fleet

/// docs/reference/claims.md against the reader.
@Suite struct ClaimsReferenceTests {
    @Test("Every key of a claims file has a type, a meaning and an example, and stands once in its mapping")
    func keys() {
        #expect(Set(ClaimsKey.all.map { "\($0.mapping) \($0.name)" }).count == ClaimsKey.all.count)
        for key in ClaimsKey.all {
            #expect(!key.type.isEmpty && !key.meaning.isEmpty && key.example.hasPrefix("\(key.name): "))
        }
    }

    @Test("The tables of docs/reference/claims.md are those of the list; UPDATE_GOLDEN=1 writes them")
    func tables() throws {
        try Golden.expect(tables: ClaimsKey.tables(), in: "docs/reference/claims.md")
    }

    @Test("The reference names every function and every unit")
    func words() throws {
        let page = try String(decoding: AuditFiles.bytes("docs/reference/claims.md"), as: UTF8.self)
        for function in Formula.Function.allCases { #expect(page.contains("`\(function.rawValue)("), "\(function)") }
        // Ranges such as `KiB` to `EiB` stand for what lies between; plurals and spellings are those of people.
        let words = Set(page.split { !($0.isLetter || $0.isNumber || $0 == "%") }.map(String.init))
        for word in [
            "users", "requests", "sessions", "connections", "instances", "B", "KB", "PB", "KiB", "EiB", "bit", "bps",
        ]
            + [
                "Gbps", "us", "ms", "s", "min", "h", "day", "week", "month", "year", "USD", "%", "x", "k", "M", "bn",
                "thousand",
            ]
            + ["million", "billion"]
        {
            #expect(words.contains(word) && UnitCatalogue()[word] != nil, "\(word)")
        }
    }

    @Test("Each example of a key can be read where it stands in a file")
    func examples() throws {
        for key in ClaimsKey.all where key.mapping == .claim && ["states", "within"].contains(key.name) {
            let value = key.example.dropFirst(key.name.count + 2)
            #expect(throws: Never.self) { try FormulaParser.stated(String(value), units: UnitCatalogue()) }
        }
        let units = UnitCatalogue(things: ["writers", "databases"])
        for key in ClaimsKey.all where key.type.hasPrefix("formula") || key.type.hasPrefix("comparison") {
            let value = String(key.example.dropFirst(key.name.count + 2))
            #expect(throws: Never.self, "\(value)") {
                if key.type.hasPrefix("formula") {
                    _ = try FormulaParser.formula(value, units: units)
                } else {
                    _ = try FormulaParser.comparison(value, units: units)
                }
            }
        }
    }
}
