import Foundation
import Record
import Report
import Testing

@Suite struct JSONWriterTests {
    private func text(_ value: JSON) -> String { String(decoding: JSONWriter.encode(value), as: UTF8.self) }

    @Test("Objects keep the order in which they were written")
    func keepsOrder() {
        let value = JSON.object([
            ("z", .integer(1)), ("a", .array([.bool(true), .null])), ("m", .object([])),
        ])
        #expect(self.text(value) == "{\n  \"z\": 1,\n  \"a\": [\n    true,\n    null\n  ],\n  \"m\": {}\n}\n")
    }

    @Test("The largest integer stays an integer")
    func integersStay() { #expect(self.text(.integer(.max)) == "18446744073709551615\n") }

    @Test("Doubles are written in the shortest form that reads back the same")
    func doublesRoundTrip() throws {
        for value in [0.1, 1.0 / 3, 1e-7, 1e300, .leastNonzeroMagnitude, 2_000, 1_999.25] {
            let text = self.text(.array([.number(value)]))
            let read = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Double])
            #expect(read == [value])
        }
        #expect(self.text(.number(0.1)) == "0.1\n")
    }

    @Test("A value that is no number is null")
    func noNaN() {
        for value in [Double.nan, .infinity, -.infinity, .signalingNaN] {
            #expect(self.text(.number(value)) == "null\n")
        }
    }

    @Test("Every character of a string survives, and none can end a script or control a terminal")
    func stringsAreEscaped() throws {
        var scalars = String.UnicodeScalarView()
        for value in UInt32(0)...0x2FFF { Unicode.Scalar(value).map { scalars.append($0) } }
        scalars.append("\u{1F680}")
        let original = String(scalars)
        let encoded = JSONWriter.encode(.object([(original, .string(original))]))
        let read = try #require(JSONSerialization.jsonObject(with: Data(encoded)) as? [String: String])
        // By scalars, because String equality would ignore a normalisation.
        #expect(read.first?.value.unicodeScalars.elementsEqual(scalars) == true)
        #expect(read.first?.key.unicodeScalars.elementsEqual(scalars) == true)
        for scalar in String(decoding: encoded, as: UTF8.self).unicodeScalars {
            let isForbidden =
                scalar == "<" || scalar == "\u{2028}" || scalar == "\u{2029}"
                || (scalar.properties.generalCategory == .control && scalar != "\n")
            #expect(!isForbidden, "U+\(String(scalar.value, radix: 16))")
        }
    }
}
