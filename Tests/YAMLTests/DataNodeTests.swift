import Testing
import Units
import YAML

@Suite("Data nodes")
struct DataNodeTests {
    private func read(_ text: String) throws -> DataNode { try DataNode.read(Array(text.utf8), kind: "document") }

    @Test("JSON is read literally: numbers are not texts, escapes are characters, null is nothing")
    func kinds() throws {
        let root = try self.read(
            #"""
            {
              "text": "a \u003c b\n\"q\" \\ \u00e9", "whole": 18446744073709551615, "part": -1.5e3,
              "quoted": "7", "none": null, "list": [1, "two", {"three": 3}], "object": {"x": 1, "y": 2}
            }
            """#)
        #expect(root["text"]?.text == "a < b\n\"q\" \\ é")
        #expect(root["whole"]?.integer == .max)
        #expect(root["part"]?.number == -1_500)
        #expect(root["part"]?.integer == nil)
        #expect(root["quoted"]?.text == "7" && root["quoted"]?.integer == nil)
        #expect(root["whole"]?.text == nil)
        #expect(root["none"]?.isNull == true && root["none"]?.text == nil)
        #expect(root["list"]?.items?.count == 3)
        #expect(root["list"]?.items?.last?["three"]?.integer == 3)
        #expect(root["object"]?.members?.map(\.key) == ["x", "y"])
        #expect(root["nothing"] == nil && root["text"]?["x"] == nil)
        #expect(root["object"]?.line == 3)
    }

    @Test(
        "invalid numbers are nil, never a trap",
        arguments: [
            "18446744073709551616", "-1", "1e400", ".nan", ".inf", "nan", "inf", "true", "", "0x", "[]",
            "\"1\"",
        ])
    func noNumbers(_ text: String) throws {
        let node = try #require(try self.read("{\"a\": \(text)}")["a"])
        #expect(node.integer == nil)
        if let number = node.number { #expect(number.isFinite) }
    }

    @Test("an unreadable text gives one sentence with its place")
    func faults() {
        for (text, words) in [
            ("{\"a\": ", "line"), ("", "empty"), ("{\"a\": &x 1}", "anchors"), ("a: *x", "aliases"),
            (String(repeating: "[", count: 1_000), "nested deeper"), ("{\"a\": \"\u{0}\"}", "line 1"),
            (String(repeating: "x", count: DataNode.sizeLimit + 1), "larger than"),
        ] {
            let error = #expect(throws: ParseError.self) { try self.read(text) }
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }
}
