import Foundation
import Testing

@testable import Fleet

/// Claims files of the repository, and small ones for one test each.
enum AuditFiles {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: Self.root.appending(path: path)))
    }

    static func claims(_ path: String) throws -> Claims {
        try Claims.parse(Self.bytes(path), file: path)
    }

    /// A file with this after its head of 2 lines.
    static func text(_ rest: String) -> [UInt8] {
        Array(("version: 1\ndocument: {title: t}\n" + rest).utf8)
    }

    static func claims(text rest: String) throws -> Claims {
        try Claims.parse(Self.text(rest), file: "c.yaml")
    }

    /// The audit of such a file, by ids.
    static func lines(
        _ rest: String, mode: Audit.Mode = .recomputed, evidence: [String: ClaimEvidence] = [:]
    ) throws -> [String: AuditLine] {
        let audit = Audit(try Self.claims(text: rest), mode: mode, evidence: evidence)
        return Dictionary(uniqueKeysWithValues: audit.lines.map { ($0.id, $0) })
    }
}
