import Foundation
import Testing

extension EndToEnd {
    /// What `scripts/package` prints before it makes anything. `scripts/package --test`, which `scripts/test` calls,
    /// checks what it makes.
    @Suite(.timeLimit(.minutes(1))) struct PackageScriptTests {
        private func package(_ arguments: [String]) throws -> Command {
            try Command.run(Repository.root.appendingPathComponent("scripts/package").path, arguments, limit: 20)
        }

        @Test("an unknown option is refused, with the list of options")
        func unknown() throws {
            let command = try self.package(["--typo"])
            #expect(command.status == 64 && command.output.isEmpty)
            #expect(command.errors == "package: unknown option '--typo' (there are --test and --binary PATH)\n")
        }

        @Test("a path that is not a program is refused before anything is installed or built")
        func path() throws {
            for arguments in [["--binary", "/nowhere"], ["--binary"]] {
                let command = try self.package(arguments)
                #expect(command.status == 1 && command.output.isEmpty)
                #expect(command.errors.hasPrefix("package: --binary ") && command.errors.contains("scripts/build"))
            }
        }

        @Test("the Containerfile has the version filled in, and its program is where the tarball has it")
        func container() throws {
            let file = Repository.root.appendingPathComponent("packaging/Containerfile")
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.contains("\nADD headroom-@VERSION@-linux-amd64.tar.gz /opt/\n"))
            #expect(text.contains("\nENTRYPOINT [\"/opt/headroom-@VERSION@/bin/headroom\"]\n"))
        }
    }
}
