import Fleet
import Foundation
import Report
import TestSupport
import Testing

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
        let audit = Audit(try Self.claims("claims-500m"))
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
        let audit = Audit(claims, evidence: found)
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
