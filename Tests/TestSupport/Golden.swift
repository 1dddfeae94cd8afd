import Foundation
import Testing

/// Files beside the tests with each output as a person last saw it: in the folder `Golden` of the test target.
public enum Golden {
    /// Whether files are written instead of compared: `UPDATE_GOLDEN=1`.
    public static var isUpdate: Bool { ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" }

    /// Compares with `Golden/<name>` of the target that `file` belongs to.
    public static func expect(
        _ actual: [UInt8], matches name: String, file: String = #filePath,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        let tests = try #require(
            parts.lastIndex(of: "Tests"), "a test is below Tests", sourceLocation: location)
        let target = parts[...min(tests + 1, parts.count - 1)].joined(separator: "/")
        let golden = URL(filePath: "\(target)/Golden/\(name)")
        if Self.isUpdate {
            try Data(actual).write(to: golden)
            return
        }
        let expected = try String(decoding: Data(contentsOf: golden), as: UTF8.self)
        let text = String(decoding: actual, as: UTF8.self)
        #expect(text == expected, "Golden/\(name) differs", sourceLocation: location)
    }

    public static func expect(
        _ actual: String, matches name: String, file: String = #filePath,
        location: SourceLocation = #_sourceLocation
    ) throws {
        try Self.expect(Array(actual.utf8), matches: name, file: file, location: location)
    }

    /// Compares tables with those of a page, each behind its mark `<!-- keys: NAME -->`; `UPDATE_GOLDEN=1` writes them.
    /// `page`: its path from the root of the repository.
    public static func expect(
        tables: [(name: String, lines: [String])], in page: String, file: String = #filePath,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        let tests = try #require(
            parts.lastIndex(of: "Tests"), "a test is below Tests", sourceLocation: location)
        let url = URL(filePath: "\(parts[..<tests].joined(separator: "/"))/\(page)")
        var text = try String(contentsOf: url, encoding: .utf8)
        #expect(
            text.components(separatedBy: "<!-- keys: ").count == tables.count + 1, "a mark for each table")
        for table in tables {
            let mark = "<!-- keys: \(table.name) -->\n\n"
            let parts = text.components(separatedBy: mark)
            try #require(parts.count == 2, "\(mark)", sourceLocation: location)
            let end =
                parts[1].range(of: "\n\n")?.lowerBound
                ?? parts[1].range(of: "\n", options: .backwards)?.lowerBound
            let tail = try #require(end, "a table ends", sourceLocation: location)
            let wanted = table.lines.joined(separator: "\n")
            if Self.isUpdate {
                text = parts[0] + mark + wanted + parts[1][tail...]
            } else {
                let found = String(parts[1][..<tail])
                #expect(
                    found == wanted, "run this test with UPDATE_GOLDEN=1, and commit \(page)",
                    sourceLocation: location)
            }
        }
        if Self.isUpdate { try text.write(to: url, atomically: true, encoding: .utf8) }
    }
}
