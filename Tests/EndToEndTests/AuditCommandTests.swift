import Foundation
import Testing

extension EndToEnd {
    /// `headroom audit` as it is typed.
    @Suite("headroom audit", .timeLimit(.minutes(2)))
    struct AuditCommandTests {
        private static let claims = Repository.root.appendingPathComponent("profiles/claims-500m.yaml").path

        @Test("the document is refuted: exit 11, and the last line is the verdict")
        func refuted() throws {
            let found = try Command.run(["audit", Self.claims])
            #expect(found.status == 11 && found.errors.isEmpty, "\(found.errors)")
            let last = try #require(found.output.split(separator: "\n").last)
            #expect(last.hasPrefix("REFUTED  10 of 33 claims are wrong or inconsistent") && last.hasSuffix("exit 11"))
        }

        @Test("as stated, the totals are those of the document")
        func asStated() throws {
            let found = try Command.run(["audit", Self.claims, "--as-stated", "--format", "csv"])
            for row in ["$1.58M/day,1580000,1580000,1580000", "\"$282,680/day\",282680,282680,282680"] {
                #expect(found.output.contains(row), "\(found.output)")
            }
        }

        @Test("with -o and with another format, the verdict goes to standard error: a log has it")
        func verdict() throws {
            let file = try Scratch.folder().appendingPathComponent("audit.txt")
            let written = try Command.run(["audit", Self.claims, "-o", file.path])
            #expect(written.status == 11 && written.output.isEmpty)
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(written.errors.hasPrefix("REFUTED  10 of 33 claims") && text.hasSuffix(written.errors))
            let json = try Command.run(["audit", Self.claims, "--format", "json"])
            #expect(json.output.hasPrefix("{") && json.errors == written.errors)
        }

        @Test("a record that refutes 2,000 changes the instances; one of another number is refused with its path")
        func evidence() throws {
            let folder = try Scratch.folder()
            let record = folder.appendingPathComponent("capacity-2000")
            try FileManager.default.createDirectory(at: record, withIntermediateDirectories: false)
            let golden = Repository.root.appendingPathComponent("Tests/ReportTests/Golden/capacity.json")
            // The pace and the hardware that the claim's command names.
            let text = try String(contentsOf: golden, encoding: .utf8)
                .replacingOccurrences(of: "\"every 2s\"", with: "\"every 43.2s\"")
                .replacingOccurrences(of: "\"instance_type\": \"unknown\"", with: "\"instance_type\": \"m5.2xlarge\"")
            let file = record.appendingPathComponent("capacity.json")
            try Data(text.utf8).write(to: file)
            let found = try Command.run(["audit", Self.claims, "--evidence", folder.path])
            #expect(found.status == 11)
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("capcity-2000"), withIntermediateDirectories: false)
            let named = try Command.run(["audit", Self.claims, "--evidence", folder.path])
            #expect(named.output.contains("1 of 2 records found in") && named.output.contains("no claim uses capcity-2000"))
            #expect(found.output.contains("S2   REFUTED         12,500 instances         23,277 to 28,769 instances"))
            try Data(text.replacingOccurrences(of: "\"value\": 2000", with: "\"value\": 1000").utf8).write(to: file)
            let other = try Command.run(["audit", Self.claims, "--evidence", folder.path])
            #expect(other.status == 65 && other.output.isEmpty)
            #expect(other.errors.contains("capacity-2000/capacity.json: it assumes 1,000"), "\(other.errors)")
        }

        @Test("a wrong file exits 65 with its place, a wrong command line 64")
        func refused() throws {
            let file = try Scratch.folder().appendingPathComponent("c.yaml")
            try Data("version: 1\ndocument: {title: t}\nclaims: [{id: A, text: t, states: 5 usrs}]\n".utf8).write(
                to: file)
            let typo = try Command.run(["audit", file.path])
            #expect(typo.status == 65 && typo.errors.contains(":3:37: claims[0].states: "), "\(typo.errors)")
            #expect(try Command.run(["audit", file.path + "x"]).status == 65)
            #expect(try Command.run(["audit", Self.claims, "--evidence", file.path]).status == 65)
            #expect(try Command.run(["audit"]).status == 64)
            #expect(try Command.run(["audit", Self.claims, Self.claims]).status == 64)
            #expect(try Command.run(["audit", Self.claims, "--format", "html"]).status == 64)
            #expect(try Command.run(["audit", Self.claims, "--as-stated", "--evidence", "."]).status == 64)
        }
    }
}
