import Foundation
import Testing

/// What a test can check in the documents: titles, indexes, lengths, and that cited documents exist.
@Suite struct DocumentTests {
    /// A text of the repository, with its path from the root.
    struct Page {
        let path: String
        let lines: [Substring]

        var name: String { self.path.split(separator: "/").last.map(String.init) ?? "" }
        var folder: String { self.path.split(separator: "/").dropLast().joined(separator: "/") }

        /// Its titles of the first two levels, outside of code blocks.
        var titles: [String] {
            var titles: [String] = []
            var isCode = false
            for line in self.lines {
                if line.hasPrefix("```") { isCode.toggle() }
                guard !isCode, line.hasPrefix("# ") || line.hasPrefix("## ") else { continue }
                titles.append(line.drop { $0 == "#" || $0 == " " }.lowercased())
            }
            return titles
        }
    }

    /// Folders that hold documents, besides the root itself.
    static let folders = ["Sources", "Tests", "docs", "profiles", "results", "scripts"]
    /// Where citations are checked besides the documents, and in files with which endings.
    static let citing: [(folder: String, endings: [String])] = [
        ("Sources", [".swift", ".h"]), ("Tests", [".swift", ".py", ".java", ".c", ".h"]),
        ("scripts", [".swift", ".py", ".c", ".h"]),
    ]
    static let decisions = "docs/decisions"
    static let longestLine = 130
    static let architectureLimit = 150

    static func page(_ url: URL) throws -> Page {
        let text = try String(contentsOf: url, encoding: .utf8)
        return Page(
            path: String(url.path.dropFirst(TidyTests.root.path.count + 1)),
            lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    }

    static func pages(below folder: String, ending: String) throws -> [Page] {
        try TidyTests.files(below: folder, ending: ending).map(Self.page)
    }

    /// Every document of the repository.
    static func documents() throws -> [Page] {
        let root = TidyTests.root
        let top = try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        var pages = try top.filter { $0.pathExtension == "md" }.map(Self.page)
        for folder in Self.folders { pages += try Self.pages(below: folder, ending: ".md") }
        return pages
    }

    /// The documents that a line names, by path or by name; those on the web are left out.
    static func citations(in line: Substring) -> [String] {
        let words = line.split { character in
            !(character.isASCII && (character.isLetter || character.isNumber || "._/+-".contains(character)))
        }
        return words.compactMap { word -> String? in
            var name = word
            while name.last == "." { name = name.dropLast() }
            guard name.hasSuffix(".md"), !name.hasPrefix("//") else { return nil }
            if name.hasPrefix("/") { name = name.dropFirst() }
            // The rest of a pattern, such as all documents of a folder.
            if name.split(separator: "/").last == ".md" { return nil }
            return String(name)
        }
    }

    static func isThere(_ name: String, citedBy page: Page, among names: Set<String>) -> Bool {
        let places = [TidyTests.root, TidyTests.root.appendingPathComponent(page.folder)]
        let isAtPlace = places.contains { place in
            FileManager.default.fileExists(atPath: place.appendingPathComponent(name).path)
        }
        return isAtPlace || names.contains(name)
    }

    @Test("citations are found in prose, in code spans and in links")
    func finding() {
        #expect(Self.citations(in: "see docs/decisions/README.md, and `ARCHITECTURE.md`.").count == 2)
        #expect(Self.citations(in: "[start](../../README.md).") == ["../../README.md"])
        #expect(Self.citations(in: "results/*.md and https://example.org/README.md").isEmpty)
    }

    @Test("a document that a source, a test, a script or a document cites is in the repository")
    func cited() throws {
        let documents = try Self.documents()
        #expect(documents.count > 40)
        let names = Set(documents.map(\.name))
        var pages = documents
        for (folder, endings) in Self.citing {
            for ending in endings { pages += try Self.pages(below: folder, ending: ending) }
        }
        for page in pages {
            for (number, line) in page.lines.enumerated() {
                for name in Self.citations(in: line) where !Self.isThere(name, citedBy: page, among: names) {
                    Issue.record("\(page.path):\(number + 1) cites \(name), which is not in the repository")
                }
            }
        }
    }

    @Test("every title of a decision is unique")
    func titles() throws {
        var places: [String: String] = [:]
        for page in try Self.pages(below: Self.decisions, ending: ".md") {
            #expect(page.lines.first?.hasPrefix("# ") == true, "\(page.path) begins with its title")
            for title in page.titles {
                if let other = places[title] {
                    Issue.record("\(page.path) and \(other) have the title '\(title)'")
                }
                places[title] = page.path
            }
        }
        #expect(places.count > 60)
    }

    @Test("the index of decisions names every file of them")
    func index() throws {
        let pages = try Self.pages(below: Self.decisions, ending: ".md")
        let index = try #require(pages.first { $0.name == "README.md" })
        for page in pages where page.name != "README.md" {
            let entries = index.lines.filter { $0.contains("](\(page.name))") }
            #expect(entries.count == 1, "\(page.path) stands in \(index.path) once")
        }
    }

    @Test("each module has a README with its name as the title")
    func modules() throws {
        let modules = Set(try TidyTests.sources().map(\.module))
        #expect(modules.count >= 12)
        for module in modules.sorted() {
            let url = TidyTests.root.appendingPathComponent("Sources/\(module)/README.md")
            guard FileManager.default.fileExists(atPath: url.path) else {
                Issue.record("Sources/\(module) has no README.md")
                continue
            }
            let page = try Self.page(url)
            #expect(page.lines.first == "# \(module)")
        }
    }

    @Test("ARCHITECTURE.md is short, and names every module")
    func architecture() throws {
        let page = try Self.page(TidyTests.root.appendingPathComponent("ARCHITECTURE.md"))
        // A complete last line leaves an empty one after it.
        #expect(page.lines.count - 1 <= Self.architectureLimit)
        for module in Set(try TidyTests.sources().map(\.module)) {
            #expect(page.lines.contains { $0.hasPrefix("  \(module)/ ") }, "ARCHITECTURE.md has \(module)")
        }
    }

    @Test("lines of decisions, of ARCHITECTURE.md and of the modules' documents fit beside code")
    func lines() throws {
        let own = try Self.documents().filter { page in
            page.path == "ARCHITECTURE.md" || page.path.hasPrefix(Self.decisions)
                || page.path.hasPrefix("Sources/")
        }
        for page in own {
            for (number, line) in page.lines.enumerated() where line.count > Self.longestLine {
                Issue.record("\(page.path):\(number + 1) is \(line.count) long")
            }
        }
    }
}
