import Foundation
import Testing

/// What a program left when it ended.
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

    /// Runs lines of shell in a network of their own, where loopback is up and nothing else is.
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

/// What this machine lets a test do; what it does not is skipped, and the run says so.
enum Sandbox {
    static let hasNetworks = (try? Command.run("unshare", ["--net", "true"]).status) == 0
    static let hasMounts =
        (try? Command.run("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).status) == 0
    static let hasTracing =
        (try? Command.run("strace", ["-f", "-e", "trace=none", "true"]).status) == 0
}

/// A program that runs while the test goes on. It ends with this object.
final class Running {
    let process = Process()
    private let folder: URL
    private let outputFile: URL
    private let errorFile: URL
    /// Standard input of a program that is to end with the test run, whatever becomes of this object.
    private let input: Pipe?

    /// Starts the binary under test.
    convenience init(_ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]) throws
    {
        try self.init(Command.headroom, arguments, in: folder, environment: environment)
    }

    init(
        _ program: String, _ arguments: [String], in folder: URL? = nil,
        environment: [String: String] = [:], holdsInputOpen: Bool = false
    ) throws {
        self.folder = try Scratch.folder()
        self.outputFile = self.folder.appendingPathComponent("out")
        self.errorFile = self.folder.appendingPathComponent("err")
        self.input = holdsInputOpen ? Pipe() : nil
        for file in [self.outputFile, self.errorFile] {
            try Data().write(to: file)
        }
        if program.contains("/") {
            self.process.executableURL = URL(fileURLWithPath: program)
            self.process.arguments = arguments
        } else {
            self.process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            self.process.arguments = [program] + arguments
        }
        self.process.currentDirectoryURL = folder ?? self.folder
        self.process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let input {
            self.process.standardInput = input
        } else {
            self.process.standardInput = FileHandle.nullDevice
        }
        self.process.standardOutput = try FileHandle(forWritingTo: self.outputFile)
        self.process.standardError = try FileHandle(forWritingTo: self.errorFile)
        try self.process.run()
    }

    var pid: Int32 { self.process.processIdentifier }

    /// What it wrote to standard output so far.
    var output: String { (try? String(contentsOf: self.outputFile, encoding: .utf8)) ?? "" }

    /// Sends a signal.
    func signal(_ number: Int32) { if self.process.isRunning { kill(self.pid, number) } }

    /// Waits until a condition holds, looking often; false when the limit passed first.
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
        if !Self.until(limit: limit, { !self.process.isRunning }) {
            kill(self.pid, SIGKILL)
            Issue.record("not over after \(limit) s: \(self.process.arguments ?? [])")
        }
        self.process.waitUntilExit()
        let status =
            self.process.terminationReason == .uncaughtSignal
            ? 128 + self.process.terminationStatus : self.process.terminationStatus
        let errors = (try? String(contentsOf: self.errorFile, encoding: .utf8)) ?? ""
        return Command(status: status, output: self.output, errors: errors)
    }

    deinit {
        if self.process.isRunning { kill(self.pid, SIGKILL) }
        try? FileManager.default.removeItem(at: self.folder)
    }
}

/// Where the repository is.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let fixtures = root.appendingPathComponent("Tests/EndToEndTests/Fixtures")
}

/// Folders that a test may write; they go with the test run.
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

/// All tests that run the binary, one after the other: what they measure is time, on few cores.
@Suite(.serialized) enum EndToEnd {}
