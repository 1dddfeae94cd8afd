import Fleet
import Foundation
import Report
import Testing

@Suite struct AuditOutputTests {
    @Test("dump") func dump() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let bytes = Array(try Data(contentsOf: root.appending(path: "profiles/claims-500m.yaml")))
        let claims = try Claims.parse(bytes, file: "profiles/claims-500m.yaml")
        print(AuditText.text(Audit(claims), style: .plain))
        print(String(decoding: AuditJSON.encode(Audit(claims)), as: UTF8.self).prefix(3000))
        print(String(decoding: AuditCSV.encode(Audit(claims)), as: UTF8.self).prefix(1500))
        print(String(decoding: AuditMarkdown.encode(Audit(claims)), as: UTF8.self).prefix(3000))
    }
}
