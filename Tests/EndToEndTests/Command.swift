import Foundation
import Testing

/// The result of a program that ended.
struct Command {
    /// Its exit status; 128 + N where signal N ended it.
    var status: Int32
    var output: String
    var errors: String

    /// The binary under test: `HEADROOM_BINARY`, or the one that `swift build` made.
    static let headroom: String = {
        if let path = ProcessInfo.processInfo.environment["HEADROOM_BINARY"] { return path }
        return Repository.root.appendingPathComponent(".build/debug/headroom").path
    }()

    /// Runs the binary under test to its end.
    static func run(
        _ arguments: [String], in folder: URL? = nil, limit: Double = 60, environment: [String: String] = [:]
    ) throws -> Command {
        try Self.run(Self.headroom, arguments, in: folder, limit: limit, environment: environment)
    }

    /// Runs to the end; killed and reported after `limit` seconds.
    static func run(
        _ program: String, _ arguments: [String], in folder: URL? = nil, limit: Double = 60,
        environment: [String: String] = [:]
    ) throws -> Command {
        let running = try Running(program, arguments, in: folder, environment: environment)
        return running.wait(limit: limit)
    }

    /// Runs lines of shell in their own network, which has loopback and nothing else.
    /// `$HEADROOM` is the binary under test.
    static func inNetwork(_ script: String, in folder: URL? = nil, limit: Double = 60) throws -> Command {
        try Command.run(
            "unshare", ["--net", "sh", "-euc", "ip link set lo up\n" + script], in: folder, limit: limit,
            environment: ["HEADROOM": Self.headroom])
    }

    /// The output as a JSON object.
    func json() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(self.output.utf8))
        return try #require(object as? [String: Any])
    }
}

/// What this machine allows tests to do. A test that needs more is skipped, and the run reports it.
enum Sandbox {
    static let hasNetworks = (try? Command.run("unshare", ["--net", "true"]).status) == 0
    static let hasMounts =
        (try? Command.run("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).status) == 0
    static let hasTracing =
        (try? Command.run("strace", ["-f", "-e", "trace=none", "true"]).status) == 0
}

/// A program that runs during a test, in its own process group. The whole group ends with this object. It is spawned by
/// hand, because Foundation's `Process` can miss the end of a child and then waits for ever.
final class Running {
    let pid: pid_t
    private let words: [String]
    private let folder: URL
    private let outputFile: URL
    private let errorFile: URL
    /// The writing end of standard input, open for as long as this test run lives.
    private let input: Int32
    /// The status from `waitpid`, once the program has ended.
    private var rawStatus: Int32?

    enum SpawnError: Error { case failed(program: String, code: Int32) }

    /// Starts the binary under test.
    convenience init(_ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]) throws
    {
        try self.init(Command.headroom, arguments, in: folder, environment: environment)
    }

    /// Starts a server. A shell beside it waits for the end of an input that ends with the test run. So the server ends
    /// with the test run, however that ends.
    convenience init(guarded program: String, _ arguments: [String]) throws {
        let guarding = "\"$0\" \"$@\" & server=$!; cat; kill $server"
        try self.init("sh", ["-c", guarding, program] + arguments, holdsInputOpen: true)
    }

    /// Starts a program, which is looked up in the path. Its standard input is empty, or never ends.
    init(
        _ program: String, _ arguments: [String], in folder: URL? = nil,
        environment: [String: String] = [:], holdsInputOpen: Bool = false
    ) throws {
        self.words = [program] + arguments
        self.folder = try Scratch.folder()
        self.outputFile = self.folder.appendingPathComponent("out")
        self.errorFile = self.folder.appendingPathComponent("err")
        var ends: [Int32] = [-1, -1]
        if holdsInputOpen {
            pipe(&ends)
            for fd in ends { _ = fcntl(fd, F_SETFD, FD_CLOEXEC) }
        }
        self.input = ends[1]
        defer { if ends[0] >= 0 { close(ends[0]) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if holdsInputOpen {
            posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        let create = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, self.outputFile.path, create, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, self.errorFile.path, create, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        var pid: pid_t = 0
        // env changes the folder and becomes the program.
        let line = ["env", "-C", (folder ?? self.folder).path] + self.words
        let code = Self.withCStrings(line) { arguments in
            Self.withCStrings(variables) { posix_spawnp(&pid, "env", &actions, &attributes, arguments, $0) }
        }
        if code != 0 { throw SpawnError.failed(program: program, code: code) }
        self.pid = pid
    }

    private static func withCStrings<Result>(
        _ words: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("there is a null at least") }
            return body(base)
        }
    }

    /// It has not ended yet.
    var isRunning: Bool {
        if self.rawStatus != nil { return false }
        var status: Int32 = 0
        let found = waitpid(self.pid, &status, WNOHANG)
        if found == self.pid { self.rawStatus = status }
        return found == 0
    }

    /// Its standard output so far.
    var output: String { (try? String(contentsOf: self.outputFile, encoding: .utf8)) ?? "" }

    /// Sends a signal.
    func signal(_ number: Int32) { if self.isRunning { kill(self.pid, number) } }

    /// Ends it, and everything that it started, at once.
    func end() {
        if !self.isRunning { return }
        kill(-self.pid, SIGKILL)
        _ = Self.until(limit: 10) { !self.isRunning }
    }

    /// Waits until a condition holds, and checks often; false if the limit passed first.
    static func until(limit: Double = 20, _ condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now + .seconds(limit)
        while ContinuousClock.now < end {
            if condition() { return true }
            usleep(2_000)
        }
        return condition()
    }

    /// Waits for the end; kills it after `limit` seconds, which fails the test.
    func wait(limit: Double = 60) -> Command {
        if !Self.until(limit: limit, { !self.isRunning }) {
            self.end()
            Issue.record("not over after \(limit) s: \(self.words)")
        }
        let raw = self.rawStatus ?? 0x7f00
        let signal = raw & 0x7f
        let errors = (try? String(contentsOf: self.errorFile, encoding: .utf8)) ?? ""
        return Command(
            status: signal == 0 ? (raw >> 8) & 0xff : 128 + signal, output: self.output, errors: errors)
    }

    deinit {
        self.end()
        if self.input >= 0 { close(self.input) }
        try? FileManager.default.removeItem(at: self.folder)
    }
}

/// Where the repository is.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let fixtures = root.appendingPathComponent("Tests/EndToEndTests/Fixtures")
}

/// Folders that a test may write to; they are deleted after the test run.
enum Scratch {
    private static let root: URL = {
        atexit { try? FileManager.default.removeItem(at: Scratch.root) }
        return FileManager.default.temporaryDirectory.appendingPathComponent("headroom-tests-\(getpid())")
    }()

    static func folder() throws -> URL {
        let url = Self.root.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }
}

/// All tests that run the binary, one after the other: they measure time, on few cores.
@Suite(.serialized) enum EndToEnd {}
