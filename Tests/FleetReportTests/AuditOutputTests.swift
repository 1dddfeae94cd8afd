import Fleet
import Foundation
import Report
import TestSupport
import Testing
import Units

/// An audit as text, JSON, CSV and Markdown.
@Suite struct AuditOutputTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func claims(_ name: String) throws -> Claims {
        let bytes = try Data(contentsOf: Self.root.appending(path: "profiles/\(name).yaml"))
        return try Claims.parse(Array(bytes), file: "\(name).yaml")
    }

    @Test("The audit of the document is what a person last saw, in each format")
    func goldens() throws {
        let audit = Audit(try Self.claims("claims-500m"), today: try CalendarDate.parse("2026-11-30"))
        try Golden.expect(AuditText.text(audit, style: .plain), matches: "audit.txt")
        try Golden.expect(AuditText.text(audit, style: .colour), matches: "audit-colour.txt")
        try Golden.expect(AuditJSON.encode(audit), matches: "audit.json")
        try Golden.expect(AuditCSV.encode(audit), matches: "audit.csv")
        try Golden.expect(AuditMarkdown.encode(audit), matches: "audit.md")
    }

    @Test("So is the document's own arithmetic")
    func asStated() throws {
        let audit = Audit(try Self.claims("claims-500m"), mode: .asStated)
        try Golden.expect(AuditText.text(audit, style: .plain), matches: "audit-as-stated.txt")
        try Golden.expect(AuditJSON.encode(audit), matches: "audit-as-stated.json")
    }

    @Test("So is the audit of a chat service: right, wrong by a unit slip, contradictory, and to be measured")
    func chat() throws {
        let audit = Audit(try Self.claims("claims-chat-5m"))
        try Golden.expect(AuditText.text(audit, style: .plain), matches: "audit-chat.txt")
        #expect(
            audit.lines.map(\.label) == [
                "right", "right", "right, untested", "right", "right", "right, untested", "WRONG", "right", "right",
                "WRONG",
                "right", "unsupported", "INCONSISTENT",
            ])
    }

    @Test("With records, each claim of the chat service has the verdict of its record")
    func evidence() throws {
        let claims = try Self.claims("claims-chat-5m")
        let found: [String: ClaimEvidence] = [
            "C3": .init(verdict: .refuted, low: 18_000, high: 20_000, sentence: "18,000 to 20,000 held."),
            "C6": .init(verdict: .undecided, sentence: "The generator was too slow."),
            "C12": .init(verdict: .supported, sentence: "The slowest answer took 80 ms."),
        ]
        var audit = Audit(claims, evidence: found)
        audit.records = AuditRecords(
            folder: "evidence", asked: ["sockets-50k", "deliveries", "answers"],
            found: ["sockets-50k", "deliveries", "answers"], unused: ["deliverys"])
        try Golden.expect(AuditText.text(audit, style: .plain), matches: "audit-evidence.txt")
        try Golden.expect(AuditJSON.encode(audit), matches: "audit-evidence.json")
        let labels = Dictionary(uniqueKeysWithValues: audit.lines.map { ($0.id, $0.label) })
        #expect(labels["C3"] == "REFUTED" && labels["C6"] == "undecided" && labels["C12"] == "supported")
        // More servers for the same connections: their cost and the contradiction follow the measured number.
        #expect(labels["C11"] == "right from …")
    }

    @Test("Each golden audit.json matches docs/reference/audit.schema.json, which names every member")
    func schema() throws {
        let folder = Self.root.appending(path: "Tests/FleetReportTests/Golden")
        let goldens = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("audit") && $0.pathExtension == "json" }
        #expect(goldens.count == 3)
        let process = Process()
        // Debian's, which has the library; another Python may come first in the path.
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments =
            [
                Self.root.appending(path: "Tests/EndToEndTests/Fixtures/validateschema.py").path,
                Self.root.appending(path: "docs/reference/audit.schema.json").path,
            ] + goldens.map(\.path)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: output, as: UTF8.self))")
    }

    @Test("The table is at most 100 columns wide; what is wrong stands in capitals; the last line is the verdict")
    func table() throws {
        let text = AuditText.text(Audit(try Self.claims("claims-500m")), style: .plain)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        for line in lines.dropLast() where !line.contains("  headroom ") { #expect(line.count <= 100, "\(line)") }
        #expect(
            text.contains(
                "\n  S7   WRONG           250 PB/day               250 TB/day                  x 1,000 too high\n"))
        #expect(lines.last?.hasPrefix("REFUTED  10 of 33 claims are wrong or inconsistent (") == true)
        #expect(lines.last?.hasSuffix(" · exit 11") == true)
    }

    @Test("A long name, unit, figure or factor goes on in the next row: no number and no factor is cut")
    func long() throws {
        let id = "A" + String(repeating: "b", count: 39)
        let text = """
            version: 1
            document: {title: t}
            things: [exceedingly_long_names_of_a_thing]
            claims:
              - id: \(id)
                text: t
                states: 1,000,000 exceedingly_long_names_of_a_thing/instance
                formula: >-
                  between(1,234,567 exceedingly_long_names_of_a_thing/instance,
                  7,654,321 exceedingly_long_names_of_a_thing/instance)
              - id: Q
                text: t
                states: 4,000 instances/our_region
                formula: between(4,655 instances, 5,754 instances) / (1 our_region)

            """.replacing("things: [", with: "things: [our_regions, ")
        let audit = Audit(try Claims.parse(Array(text.utf8), file: "c"))
        let table = AuditText.text(audit, style: .plain)
        for line in table.split(separator: "\n").dropLast() { #expect(line.count <= 100, "\(line)") }
        for line in audit.lines {
            for part in [line.id, line.label, line.says ?? "", line.againstText, line.factorText] {
                let words = part.split(separator: " ")
                #expect(words.allSatisfy { table.contains($0) }, "\(part)")
            }
            #expect(table.contains(line.factorText) && !line.factorText.isEmpty)
        }
        #expect(!table.contains("…"))
    }

    @Test("What does not hold names the sources of its facts, their dates, and the age of those over a year old")
    func facts() throws {
        let text = """
            version: 1
            document: {title: t}
            inputs: {a: {value: 2 instances, text: two of them}}
            facts:
              old: {value: $1/instance/h, source: the list, date: 2024-07-01}
              next: {value: $1/instance/h, source: a plan, date: 2027-01-01}
              unused: {value: 5 users, source: nowhere, date: 2026-01-01}
            figures: {price: old + next}
            claims:
              - {id: A, text: t, states: $9/h, formula: a * price}
              - {id: Q, text: t, states: 5 users, formula: unused}

            """
        let today = try CalendarDate.parse("2026-11-30")
        let audit = Audit(try Claims.parse(Array(text.utf8), file: "c"), today: today)
        #expect(audit.lines.map(\.facts) == [["old", "next"], ["unused"]])
        let table = AuditText.text(audit, style: .plain)
        #expect(table.contains("  - old: the list (2024-07-01, over 2 years old)\n"))
        #expect(table.contains("  - next: a plan (2027-01-01, which is in the future)\n") && !table.contains("nowhere"))
        let json = String(decoding: AuditJSON.encode(audit), as: UTF8.self)
        let page = String(decoding: AuditMarkdown.encode(audit), as: UTF8.self)
        for name in ["two of them", "the list", "a plan", "nowhere"] {
            #expect(json.contains(name) && page.contains(name), "\(name)")
        }
        #expect(page.contains("| 2024-07-01, over 2 years old |") && page.contains("| 2026-01-01 |"))
        #expect(json.contains(#""years": 2"#))
    }

    @Test("The records that were found are counted, and folders that no claim uses are named")
    func records() throws {
        var audit = Audit(try Self.claims("claims-chat-5m"))
        audit.records = AuditRecords(folder: "ev", asked: ["a", "b"], found: [], unused: ["c", "d"])
        let line = "0 of 2 records found in ev; no claim uses c, d"
        #expect(AuditText.text(audit, style: .plain).contains("  evidence  \(line)\n"))
        #expect(String(decoding: AuditMarkdown.encode(audit), as: UTF8.self).contains("Evidence: \(line)."))
        #expect(String(decoding: AuditJSON.encode(audit), as: UTF8.self).contains(#""unused""#))
    }

    @Test("The example in docs/guide/audit.md is a part of the table")
    func guide() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/guide/audit.md"), encoding: .utf8)
        let example = try #require(page.components(separatedBy: "```\n  id ").dropFirst().first)
        let lines = try #require(example.components(separatedBy: "\n```").first).split(separator: "\n").dropFirst()
        let table = AuditText.text(Audit(try Self.claims("claims-500m")), style: .plain)
        #expect(lines.count == 8 && table.contains("\n" + lines.joined(separator: "\n") + "\n"))
    }

    @Test("The exit code is 0 where all holds, 11 where something does not, 12 where something is open")
    func exits() throws {
        func ends(_ keys: String) throws -> String {
            let text = "version: 1\ndocument: {title: t}\nclaims: [{id: A, text: t, states: 2 users\(keys)}]\n"
            let verdict = Audit(try Claims.parse(Array(text.utf8), file: "c")).verdict
            return AuditText.verdict(verdict, style: .plain)
        }
        #expect(try ends(", formula: 1 user + 1 user").hasSuffix(" · exit 0\n"))
        #expect(try ends(", formula: 1 user").hasSuffix(" · exit 11\n"))
        #expect(try ends(", formula: 2 users, agrees_with: 1 user").hasSuffix(" · exit 11\n"))
        #expect(try ends(", formula: 2 users, measure: {command: c, record: r}").hasSuffix(" · exit 12\n"))
        #expect(try ends("").hasSuffix(" · exit 12\n"))
    }

    @Test("What a claims file or a record says reaches no terminal, table or spreadsheet as a command")
    func hostile() throws {
        let text = """
            version: 1
            document: {title: "a\\e[31m | b"}
            claims:
              - {id: A, text: "<b>\\e]0;x\\a | *", states: 2 users, formula: 1 user, because: "=1+2\\e[2J"}

            """
        let audit = Audit(try Claims.parse(Array(text.utf8), file: "c"))
        #expect(!AuditText.text(audit, style: .plain).contains("\u{1B}"))
        let json = String(decoding: AuditJSON.encode(audit), as: UTF8.self)
        #expect(!json.contains("\u{1B}") && !json.contains("<b>"))
        let page = String(decoding: AuditMarkdown.encode(audit), as: UTF8.self)
        #expect(!page.contains("\u{1B}") && !page.contains("<b>") && page.contains("\\|"))
        let rows = String(decoding: AuditCSV.encode(audit), as: UTF8.self)
        #expect(rows.contains(",'=1+2"))
    }
}
