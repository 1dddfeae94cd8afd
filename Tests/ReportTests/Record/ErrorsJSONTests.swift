import Foundation
import Measure
import Record
import Report
import TestSupport
import Testing

@Suite struct ErrorsJSONTests {
    private func examples(_ bytes: [UInt8]) throws -> [[String: Any]] {
        let object = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        return try #require(object["examples"] as? [[String: Any]])
    }

    @Test("errors.json is what a person last saw")
    func golden() throws {
        try Golden.expect(
            ErrorsJSON.encode(
                Fabricated.examples, resent: Fabricated.resentExamples, redactor: Fabricated.redactor),
            matches: "errors.json")
    }

    @Test("Without failures there are no examples, and the file is valid")
    func none() throws {
        #expect(try self.examples(ErrorsJSON.encode([], redactor: Fabricated.redactor)).isEmpty)
    }

    @Test("An excerpt is at most 1 KB of the answer, however long the answer is and however often it is redacted")
    func excerptIsLimited() throws {
        let tail = "THE-END"
        let answers = [
            [UInt8](repeating: UInt8(ascii: "x"), count: 1_024) + Array(tail.utf8),
            Array(String(repeating: "key=1&", count: 400).utf8) + Array(tail.utf8),
        ]
        for answer in answers {
            let example = ErrorExample(error: .reset, at: 0, request: "GET /", detail: "", excerpt: answer)
            let examples = try self.examples(
                ErrorsJSON.encode([example], redactor: Fabricated.redactor))
            let excerpt = try #require(examples.first?["excerpt"] as? String)
            #expect(excerpt.utf8.count <= 1_024)
            #expect(!excerpt.contains(tail))
            #expect(examples.first?["excerpt_bytes"] as? Int == 1_024)
        }
    }

    @Test("Any bytes give valid JSON of printable text")
    func anyBytes() throws {
        var state: UInt64 = 5
        for _ in 0..<300 {
            var bytes: [UInt8] = []
            for _ in 0..<64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(UInt8(truncatingIfNeeded: state >> 56))
            }
            let example = ErrorExample(
                error: .protocolHTTP1, at: 0, request: "GET /", detail: "", excerpt: bytes)
            let encoded = ErrorsJSON.encode([example], redactor: Fabricated.redactor)
            #expect(encoded.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
            let excerpt = try #require(try self.examples(encoded).first?["excerpt"] as? String)
            #expect(
                excerpt.unicodeScalars.allSatisfy {
                    $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value) || "\n\r\t".unicodeScalars.contains($0)
                })
        }
    }
}
