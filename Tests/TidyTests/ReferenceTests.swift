import Foundation
import Testing

/// The documents against the sources: these tests find a key, a column, a class or a code that the reference leaves
/// out. The lists come from the text of the sources, so a new name needs no change of this file.
@Suite struct ReferenceTests {
    /// The text of a document or a script.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: TidyTests.root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The text of the source file with this name, wherever it is.
    static func source(_ name: String) throws -> String {
        let found = try TidyTests.files(below: "Sources", ending: ".swift").first {
            $0.lastPathComponent == name
        }
        return try String(contentsOf: try #require(found, "no source is called \(name)"), encoding: .utf8)
    }

    /// The first group of every match.
    static func matches(of pattern: String, in text: String) throws -> [String] {
        let expression = try NSRegularExpression(pattern: pattern)
        let whole = NSRange(text.startIndex..., in: text)
        return expression.matches(in: text, range: whole).compactMap { match in
            Range(match.range(at: 1), in: text).map { String(text[$0]) }
        }
    }

    /// Each name is in the document, in backticks. `count`: the least number of names, so that a pattern that finds
    /// nothing is detected.
    static func expect(_ names: [String], atLeast count: Int, in document: String) throws {
        let text = try Self.text(document)
        #expect(names.count >= count, "\(names.count) names for \(document)")
        for name in names where !text.contains("`\(name)`") {
            Issue.record("\(document) does not have `\(name)`")
        }
    }

    /// Names in machine output: `case .some: "some"`.
    static func names(inSource name: String) throws -> [String] {
        try Self.matches(of: #"case \.\w+: (?:Facts\(name: )?"([a-z0-9_]+)""#, in: Self.source(name))
    }

    /// README and everything below docs, except decisions, by path.
    static func documents() throws -> [(path: String, text: String)] {
        let urls = try TidyTests.files(below: "docs", ending: ".md").filter {
            !$0.path.contains("/decisions/")
        }
        return try (urls + [TidyTests.root.appendingPathComponent("README.md")]).map { url in
            let path = String(url.path.dropFirst(TidyTests.root.path.count + 1))
            return (path, try String(contentsOf: url, encoding: .utf8))
        }
    }

    @Test("every key of a profile is declared in the list, and no reader has names of its own")
    func profileKeys() throws {
        var keys: [String] = []
        for url in try TidyTests.files(below: "Sources/Workload/Keys", ending: ".swift") {
            let text = try String(contentsOf: url, encoding: .utf8)
            keys += try Self.matches(of: #"ProfileKey\(\s*\.\w+, "([a-z0-9_]+)""#, in: text)
        }
        try Self.expect(keys, atLeast: 80, in: "docs/reference/profile.md")
        for url in try TidyTests.files(below: "Sources/Workload/Reader", ending: ".swift") {
            let text = try String(contentsOf: url, encoding: .utf8)
            let own = try Self.matches(of: #"(?:(?:fields|values|keys)\[|path\(of: )("[a-z0-9_]+")"#, in: text)
            if !own.isEmpty { Issue.record("\(url.lastPathComponent) looks keys up by name") }
        }
    }

    @Test("every column of intervals.csv is in the reference")
    func columns() throws {
        let text = try Self.source("IntervalsColumn.swift") + Self.source("IntervalsCSV.swift")
        var columns = try Self.matches(
            of: #"(?:\bcolumn\(|\bIntervalsColumn\(|prefix \+)\s*"([a-z][a-z0-9_]*)""#, in: text)
        columns += try Self.matches(of: #"\bCounter\(\s*"([a-z][a-z0-9_]*)""#, in: Self.source("Counter.swift"))
        columns += try Self.names(inSource: "ErrorClass.swift").flatMap {
            ["error_\($0)", "connection_fault_\($0)"]
        }
        columns += try Self.names(inSource: "ResentCause.swift").map { "resent_\($0)" }
        columns += try Self.redirects()
        columns += try Self.matches(of: #"\bheld\(\s*"([a-z_]+)""#, in: text).flatMap { name in
            ["lowest", "highest", "area", "duration"].map { "\(name)_\($0)" }
        }
        columns += try Self.matches(of: #"\bextremes\(\s*"([a-z_]+)""#, in: text).flatMap {
            ["\($0)_min", "\($0)_max"]
        }
        columns += ["", "_failed", "_unended"].flatMap {
            ["hold_<metric>\($0)_min", "hold_<metric>\($0)_max"]
        }
        columns += (1...5).map { "status_\($0)xx" }
        try Self.expect(columns, atLeast: 110, in: "docs/reference/intervals-csv.md")
    }

    /// The columns of the statuses that redirect.
    static func redirects() throws -> [String] {
        try Self.matches(of: #"case \.\w+: (3\d\d)\b"#, in: Self.source("Redirects.swift")).map {
            "redirects_\($0)"
        }
    }

    @Test("every error class and every cause of a resent request is in the reference")
    func errorClasses() throws {
        let document = "docs/reference/error-classes.md"
        try Self.expect(Self.names(inSource: "ErrorClass.swift"), atLeast: 20, in: document)
        try Self.expect(Self.names(inSource: "ResentCause.swift"), atLeast: 4, in: document)
        try Self.expect(Self.redirects(), atLeast: 5, in: document)
    }

    @Test("every metric is in the reference")
    func metrics() throws {
        try Self.expect(Self.names(inSource: "Metric.swift"), atLeast: 10, in: "docs/reference/metrics.md")
    }

    @Test("every key of the golden run.json and capacity.json is in the reference")
    func recordKeys() throws {
        for (prefix, document, least) in [("run-", "run-json", 180), ("capacity", "capacity-json", 60)] {
            var keys: Set<String> = []
            for url in try TidyTests.files(below: "Tests/ReportTests/Golden", ending: ".json")
            where url.lastPathComponent.hasPrefix(prefix) {
                let text = try String(contentsOf: url, encoding: .utf8)
                keys.formUnion(try Self.matches(of: #"(?m)^ *"([a-z0-9_]+)":"#, in: text))
            }
            #expect(keys.count >= least, "\(keys.count) keys for \(document)")
            // A trial's objects are those of run.json; metrics and error classes have documents of their own.
            let text = try ["run-json", "metrics", "error-classes", document].map {
                try Self.text("docs/reference/\($0).md")
            }
            .joined()
            let words = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
            for key in keys.subtracting(words).sorted() {
                Issue.record("docs/reference/\(document).md does not have `\(key)`")
            }
        }
    }

    @Test("every exit code is in the reference")
    func exitCodes() throws {
        let codes = try Self.matches(of: #"case \w+ = (\d+)"#, in: Self.source("ExitCode.swift"))
        try Self.expect(codes, atLeast: 12, in: "docs/reference/exit-codes.md")
    }

    @Test("docs/benchmarks.md is what scripts/benchmarks writes from results/")
    func benchmarks() throws {
        let process = Process()
        process.executableURL = TidyTests.root.appendingPathComponent("scripts/benchmarks")
        process.arguments = ["--check"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test("README.md is short enough to read at once")
    func readme() throws {
        let lines = try Self.text("README.md").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 101, "README.md has \(lines.count - 1) lines")
    }

    @Test("documents have short lines, no path of a machine, and a reason for each block that does not run")
    func lines() throws {
        let documents = try Self.documents()
        #expect(documents.count > 15)
        for (path, text) in documents {
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let place = "\(path):\(index + 1)"
                if line.count > 130 { Issue.record("\(place) is \(line.count) long") }
                if line.hasSuffix(" ") { Issue.record("\(place) ends in a blank") }
                for folder in ["/work/", "/root/", "/home/"] where line.contains(folder) {
                    Issue.record("\(place) has a path of a machine: \(folder)")
                }
                let hasReason = line.hasPrefix("```sh norun: ") && line.count > "```sh norun: ".count
                if line.hasPrefix("```sh"), line != "```sh", !hasReason {
                    Issue.record("\(place): a block that is not run is marked `norun: REASON`")
                }
            }
        }
    }

    @Test("a document that is cited exists, and so does its heading")
    func links() throws {
        var count = 0
        for (path, text) in try Self.documents() {
            let folder = TidyTests.root.appendingPathComponent(path).deletingLastPathComponent()
            for link in try Self.matches(of: #"\]\(([^)\s]+)\)"#, in: text) where !link.contains("://") {
                count += 1
                let parts = link.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
                let url = folder.appendingPathComponent(parts[0]).standardizedFileURL
                guard FileManager.default.fileExists(atPath: url.path) else {
                    Issue.record("\(path) cites \(link), which is not there")
                    continue
                }
                guard parts.count > 1, !parts[1].isEmpty else { continue }
                let cited = try String(contentsOf: url, encoding: .utf8)
                let anchors = try Self.matches(of: #"(?m)^#+ (.*)$"#, in: cited).map(Self.anchor)
                if !anchors.contains(parts[1]) { Issue.record("\(path) cites \(link): no such heading") }
            }
        }
        #expect(count > 40)
    }

    /// A heading's anchor as GitHub makes it: lower case, hyphens for blanks, and of the rest only letters, digits, `-`
    /// and `_`.
    static func anchor(_ heading: String) -> String {
        String(
            heading.lowercased().compactMap { character -> Character? in
                if character == " " { return "-" }
                let stays = character.isLetter || character.isNumber || character == "-" || character == "_"
                return stays ? character : nil
            })
    }
}
