import Foundation
import Testing

/// HdrHistogram's own `HistogramLogProcessor`, as Debian packages it (libhdrhistogram-java, default-jre-headless;
/// `scripts/setup --test` installs both).
enum JavaReference {
    static let jar = "/usr/share/java/hdrhistogram.jar"
    static let java = "/usr/bin/java"

    /// Whether tests against it run: if it is installed, and in CI in any case, so that they fail there instead of
    /// being skipped silently.
    static var isWanted: Bool {
        let files = FileManager.default
        return (files.isExecutableFile(atPath: Self.java) && files.fileExists(atPath: Self.jar))
            || ProcessInfo.processInfo.environment["CI"] == "true"
    }

    /// The result for a log.
    struct Output {
        var status: Int32
        var messages: String
        var intervals: String
        var distribution: String
    }

    /// Runs it over a log in UTC, with options such as `-csv`.
    static func process(_ log: [UInt8], options: [String]) throws -> Output {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "headroom-java-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "in.hlog")
        let output = folder.appending(path: "out")
        try Data(log).write(to: input)
        let process = Process()
        process.executableURL = URL(filePath: Self.java)
        process.arguments =
            ["-Duser.timezone=UTC", "-cp", Self.jar, "org.HdrHistogram.HistogramLogProcessor"]
            + ["-i", input.path, "-o", output.path] + options
        let messages = Pipe()
        process.standardError = messages
        try process.run()
        let text = try messages.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Output(
            status: process.terminationStatus, messages: String(decoding: text, as: UTF8.self),
            intervals: try String(contentsOf: output, encoding: .utf8),
            distribution: try String(contentsOf: output.appendingPathExtension("hgrm"), encoding: .utf8))
    }
}
