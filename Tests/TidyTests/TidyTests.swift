import Foundation
import Testing

/// What no reader should have to check: the rules of CONTRIBUTING.md and ARCHITECTURE.md that a test can check.
@Suite struct TidyTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct Source {
        let path: String
        let module: String
        let lines: [Substring]

        /// Modules that the file imports.
        var imports: [String] {
            self.lines.compactMap { line in
                var words = line.split(separator: " ").map(String.init)
                while let first = words.first, first.hasPrefix("@") || ["public", "internal"].contains(first) {
                    words.removeFirst()
                }
                return words.first == "import" && words.count > 1 ? words[words.count - 1] : nil
            }
        }
    }

    static func files(below folder: String, ending: String) throws -> [URL] {
        let base = Self.root.appendingPathComponent(folder)
        guard let walker = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil) else {
            return []
        }
        return walker.compactMap { $0 as? URL }.filter { $0.path.hasSuffix(ending) }
    }

    static func sources() throws -> [Source] {
        try Self.files(below: "Sources", ending: ".swift").map { url in
            let path = String(url.path.dropFirst(Self.root.path.count + 1))
            let text = try String(contentsOf: url, encoding: .utf8)
            return Source(
                path: path, module: String(path.split(separator: "/")[1]),
                lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    /// The arrows of ARCHITECTURE.md: what a module may import.
    static let allowed: [String: Set<String>] = [
        "Units": [],
        "Numerics": ["Glibc"],
        "YAML": ["CYAML", "Units"],
        "Options": ["Units", "Workload"],
        "Workload": ["Units", "Numerics", "YAML", "Glibc"],
        "Measure": ["CZlib", "Units", "Numerics", "Glibc"],
        "Wire": ["CNghttp2", "Glibc"],
        "Kernel": ["CLinux"],
        "Engine": ["CLinux", "COpenSSL", "Kernel", "Units", "Numerics", "Workload", "Measure", "Wire", "Synchronization"],
        "Target": ["CLinux", "Kernel", "Numerics", "Engine", "Wire", "Synchronization", "Glibc"],
        "Capacity": ["Numerics", "Workload", "Measure", "Glibc"],
        "Judge": ["Workload", "Measure"],
        "Record": ["CLinux", "Kernel", "Units", "YAML", "Workload", "Measure", "Judge"],
        "Fleet": ["Units", "YAML", "Glibc"],
        "Report": ["Units", "YAML", "Measure", "Capacity", "Record", "Fleet", "Glibc"],
        "Runner": [
            "CLinux", "Kernel", "Units", "YAML", "Workload", "Measure", "Wire", "Engine", "Capacity", "Judge", "Record",
            "Report",
        ],
        "headroom": [
            "CLinux", "Kernel", "Units", "YAML", "Options", "Workload", "Measure", "Engine", "Target", "Capacity",
            "Record", "Report", "Runner", "Fleet",
        ],
    ]

    @Test("a module imports only what ARCHITECTURE.md's arrows allow, and nothing imports Foundation")
    func imports() throws {
        let sources = try Self.sources()
        #expect(sources.count > 30)
        for source in sources {
            let allowed = try #require(Self.allowed[source.module], "no arrows for module \(source.module)")
            for name in source.imports where !allowed.contains(name) {
                Issue.record("\(source.path) imports \(name)")
            }
        }
    }

    @Test("one family of files wraps a C library")
    func wrappers() throws {
        for source in try Self.sources() {
            if source.imports.contains("CYAML") { #expect(source.path.hasPrefix("Sources/YAML/")) }
            if source.imports.contains("COpenSSL") { #expect(source.path.hasPrefix("Sources/Engine/TLS/")) }
            if source.imports.contains("CNghttp2") { #expect(source.path.hasPrefix("Sources/Wire/HTTP2/")) }
            if source.imports.contains("CZlib") { #expect(source.path.hasPrefix("Sources/Measure/")) }
        }
    }

    @Test("no source holds unfinished work or a way to trap on input")
    func unfinished() throws {
        // The last one reads the bits of a UInt64 as a Double's, where that is the only unlabelled way.
        let words = ["TODO", "FIXME", "XXX", "try!", " as!", "fatalError(", ".map(Double.init)"]
        for source in try Self.sources() {
            for (number, line) in source.lines.enumerated() {
                for word in words where line.contains(word) {
                    Issue.record("\(source.path):\(number + 1) has \(word)")
                }
            }
        }
    }

    @Test("lines are at most 120 characters, without tabs and without blanks at the end")
    func lines() throws {
        for source in try Self.sources() {
            for (number, line) in source.lines.enumerated() {
                if line.count > 120 { Issue.record("\(source.path):\(number + 1) is \(line.count) long") }
                if line.contains("\t") { Issue.record("\(source.path):\(number + 1) has a tab") }
                if line.hasSuffix(" ") { Issue.record("\(source.path):\(number + 1) ends in a blank") }
            }
        }
    }

    @Test("files are short enough to read")
    func length() throws {
        for source in try Self.sources() where source.lines.count > 520 {
            Issue.record("\(source.path) has \(source.lines.count) lines")
        }
    }

    @Test("only loops and shells read clocks")
    func clocks() throws {
        let pure: Set<String> = [
            "Units", "Numerics", "YAML", "Options", "Workload", "Measure", "Wire", "Capacity", "Judge", "Report",
        ]
        for source in try Self.sources() where pure.contains(source.module) {
            for (number, line) in source.lines.enumerated()
            where line.contains("clock_gettime") || line.contains("ContinuousClock") || line.contains("gettimeofday") {
                Issue.record("\(source.path):\(number + 1) reads a clock")
            }
        }
    }

    @Test("a test names every fixture")
    func fixtures() throws {
        let tests = try Self.files(below: "Tests", ending: ".swift").map { try String(contentsOf: $0, encoding: .utf8) }
            .joined()
        for url in try Self.files(below: "Tests", ending: "") where url.path.contains("/Fixtures/") {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            if isFolder.boolValue || url.lastPathComponent.hasPrefix(".") || url.path.contains("__pycache__") { continue }
            let folder = url.deletingLastPathComponent().lastPathComponent
            if !tests.contains(url.lastPathComponent) && !tests.contains("\"\(folder)\"") {
                Issue.record("\(url.lastPathComponent) is in no test")
            }
        }
    }

    @Test("the scripts can be run and the documents exist")
    func layout() {
        let scripts = [
            "scripts/setup", "scripts/build", "scripts/demo", "scripts/test", "scripts/bench", "scripts/package", "packaging/check",
            ".ci/run",
        ]
        for script in scripts {
            #expect(FileManager.default.isExecutableFile(atPath: Self.root.appendingPathComponent(script).path))
        }
        for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"] {
            #expect(FileManager.default.fileExists(atPath: Self.root.appendingPathComponent(document).path))
        }
    }
}
