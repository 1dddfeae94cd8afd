import Foundation
import Measure
import Record
import Report
import TestSupport
import Testing

@Suite struct HistogramJSONTests {
    @Test("A distribution in nanoseconds has whole numbers, and null if samples are too few")
    func whole() throws {
        let histogram = Histogram()
        for value in 1...UInt64(1_000) { histogram.record(value) }
        let bytes = HistogramJSON.encode(
            histogram, tag: "response", unit: "ns", divisor: 1, percentiles: [50, 99, 99.9])
        try Golden.expect(bytes, matches: "histogram.json")
    }

    @Test("In another unit values are fractions; an empty one has a count and nulls")
    func otherUnit() throws {
        let histogram = Histogram()
        histogram.record(1_500)
        let bytes = HistogramJSON.encode(histogram, tag: nil, unit: "us", divisor: 1e3, percentiles: [])
        let object = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(object["max"] as? Double == 1.5)
        #expect(object["tag"] is NSNull)
        let empty = HistogramJSON.encode(Histogram(), tag: "x", unit: "ns", divisor: 1, percentiles: [50])
        let nothing = try #require(JSONSerialization.jsonObject(with: Data(empty)) as? [String: Any])
        #expect(nothing["count"] as? Int == 0)
        #expect(nothing["max"] is NSNull)
        #expect((nothing["percentiles"] as? [Any])?.isEmpty == true)
    }
}
