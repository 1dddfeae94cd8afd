import Foundation
import Testing

/// Files beside the tests with each output as a person last saw it.
enum Golden {
    /// Compares with `Golden/<name>`; `UPDATE_GOLDEN=1` writes the file instead.
    static func expect(
        _ actual: [UInt8], matches name: String, location: SourceLocation = #_sourceLocation
    ) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(actual).write(to: file)
            return
        }
        let expected = try String(decoding: Data(contentsOf: file), as: UTF8.self)
        let text = String(decoding: actual, as: UTF8.self)
        #expect(text == expected, "Golden/\(name) differs", sourceLocation: location)
    }

    static func expect(
        _ actual: String, matches name: String, location: SourceLocation = #_sourceLocation
    ) throws {
        try Self.expect(Array(actual.utf8), matches: name, location: location)
    }
}
