import Foundation
import Testing

/// Expected outputs that are files, in `Golden/` beside the tests.
enum Golden {
    /// The folder of this test target.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// Compares with a golden file; with `UPDATE_GOLDEN=1` writes it instead.
    static func expect(
        _ bytes: [UInt8], equals name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let url = self.folder.appending(path: "Golden").appending(path: name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(bytes).write(to: url)
            return
        }
        let expected = String(decoding: try Data(contentsOf: url), as: UTF8.self)
        let found = String(decoding: bytes, as: UTF8.self)
        #expect(found == expected, "\(name)", sourceLocation: sourceLocation)
    }
}
