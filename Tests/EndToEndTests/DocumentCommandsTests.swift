import Foundation
import Testing

extension EndToEnd {
    /// README.md, docs/guide and docs/reference: what a user copies from there works.
    ///
    /// A block of commands begins with "```sh". Each has a folder of its own, which holds `profiles/`; `headroom` is the
    /// binary under test and `$URL` the embedded target. A last line `# exit N` names another exit code
    /// than 0. A block that cannot run here begins with "```sh norun: REASON".
    @Suite("Commands of the documents", .timeLimit(.minutes(5))) struct DocumentCommandsTests {
        struct Block: CustomStringConvertible {
            var document: String
            /// From 1: the line of its first command.
            var line: Int
            var commands: String
            var exit: Int32
            /// Why it does not run; nil if it does.
            var reason: String?

            var description: String { "\(self.document):\(self.line)" }
        }

        static func documents() throws -> [String] {
            let pages = try ["docs/guide", "docs/reference"].flatMap { folder in
                try FileManager.default.contentsOfDirectory(atPath: Repository.root.appendingPathComponent(folder).path)
                    .filter { $0.hasSuffix(".md") }.map { "\(folder)/\($0)" }
            }
            return ["README.md"] + pages.sorted()
        }

        static func blocks(of document: String) throws -> [Block] {
            let url = Repository.root.appendingPathComponent(document)
            let lines = try String(contentsOf: url, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            var blocks: [Block] = []
            var open: Block?
            for (index, line) in lines.enumerated() {
                if var block = open {
                    if line.hasPrefix("```") {
                        blocks.append(block)
                        open = nil
                        continue
                    }
                    block.commands += line + "\n"
                    if line.hasPrefix("# exit "), let code = Int32(line.dropFirst("# exit ".count)) { block.exit = code }
                    open = block
                } else if line.hasPrefix("```sh") {
                    let word = line.dropFirst("```sh".count).drop { $0 == " " }
                    let reason = word.hasPrefix("norun:") ? word.dropFirst("norun:".count).drop { $0 == " " } : nil
                    open = Block(
                        document: document, line: index + 2, commands: "", exit: 0, reason: reason.map(String.init))
                }
            }
            #expect(open == nil, "\(document): a block does not end")
            return blocks
        }

        @Test("every command runs, and ends as its block says", arguments: try documents())
        func run(document: String) throws {
            let blocks = try Self.blocks(of: document)
            if blocks.allSatisfy({ $0.reason != nil }) { return }
            let server = try Server.target()
            for block in blocks where block.reason == nil {
                var command = try Self.run(block, against: server)
                // On a machine that was disturbed a verdict may be UNKNOWN: the block runs once more.
                if command.status == 20, block.exit != 20 { command = try Self.run(block, against: server) }
                #expect(command.status == block.exit, "\(block): \(command.output)\(command.errors)")
            }
        }

        /// Runs a block in a folder of its own.
        private static func run(_ block: Block, against server: Server) throws -> Command {
            let folder = try Scratch.folder()
            let manager = FileManager.default
            try manager.createDirectory(at: folder.appendingPathComponent("bin"), withIntermediateDirectories: false)
            try manager.createSymbolicLink(
                atPath: folder.appendingPathComponent("bin/headroom").path, withDestinationPath: Command.headroom)
            try manager.copyItem(
                at: Repository.root.appendingPathComponent("profiles"), to: folder.appendingPathComponent("profiles"))
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            return try Command.run(
                "bash", ["-euo", "pipefail", "-c", block.commands], in: folder,
                environment: ["PATH": "\(folder.path)/bin:\(path)", "URL": server.url("")])
        }

        @Test("a block that does not run gives its reason")
        func reasons() throws {
            for document in try Self.documents() {
                for block in try Self.blocks(of: document) where block.reason?.isEmpty == true {
                    Issue.record("\(block): norun without a reason")
                }
            }
        }
    }
}
