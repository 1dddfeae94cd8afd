import Foundation
import Testing

/// Runs the release binary, or any other program, with a limit on its time.
struct Command {
    var status: Int32
    var output: String
    var errors: String

    /// The binary under test: `HEADROOM_BINARY`, or the one that `swift build` made beside the tests.
    static let headroom: String = {
        if let path = ProcessInfo.processInfo.environment["HEADROOM_BINARY"] { return path }
        let here = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for folder in [here, Repository.root.appendingPathComponent(".build/debug")] {
            let path = folder.appendingPathComponent("headroom").path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return "headroom"
    }()

    /// Runs to the end; killed and reported after `limit` seconds.
    static func run(
        _ program: String = headroom, _ arguments: [String], in folder: URL? = nil, limit: Double = 60,
        environment: [String: String] = [:]
    ) throws -> Command {
        let running = try Running(program, arguments, in: folder, environment: environment)
        return running.wait(limit: limit)
    }

    /// The output as a JSON object.
    func json() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(self.output.utf8))
        return try #require(object as? [String: Any])
    }
}

/// A program that runs while the test goes on.
final class Running {
    let process = Process()
    private let folder: URL
    private let outputFile: URL
    private let errorFile: URL

    init(
        _ program: String = Command.headroom, _ arguments: [String], in folder: URL? = nil,
        environment: [String: String] = [:]
    ) throws {
        self.folder = try Scratch.folder()
        self.outputFile = self.folder.appendingPathComponent("out")
        self.errorFile = self.folder.appendingPathComponent("err")
        for file in [self.outputFile, self.errorFile] {
            FileManager.default.createFile(atPath: file.path, contents: nil)
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
        self.process.standardInput = FileHandle.nullDevice
        self.process.standardOutput = try FileHandle(forWritingTo: self.outputFile)
        self.process.standardError = try FileHandle(forWritingTo: self.errorFile)
        try self.process.run()
    }

    var pid: Int32 { self.process.processIdentifier }

    /// What it wrote to standard output so far.
    var output: String { (try? String(contentsOf: self.outputFile, encoding: .utf8)) ?? "" }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(self.pid, number) }

    /// Waits until a condition holds, looking often; false when the limit passed first.
    static func until(limit: Double = 20, _ condition: () -> Bool) -> Bool {
        let end = Date().addingTimeInterval(limit)
        while Date() < end {
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

/// Folders that a test may write.
enum Scratch {
    static func folder() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("headroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }
}
