import Measure
import Testing

@Suite("Histogram tags")
struct HistogramTagTests {
    @Test("names of a record are tags", arguments: Metric.allCases)
    func metrics(metric: Metric) {
        #expect(HistogramTag(metric).text == metric.name)
        #expect(HistogramTag(metric, .all).text == metric.name + ".all")
        #expect(HistogramTag(metric, outsideHold: true).text == "warmup." + metric.name)
        let longest = HistogramTag(metric, .unended, outsideHold: true)
        #expect(longest.text == "warmup." + metric.name + ".unended")
        #expect(HistogramTag(longest.text) == longest)
    }

    @Test("a name that a reader would split, or that cannot be typed, is no tag")
    func refused() {
        for text in ["", "a b", "a,b", "x,y,z", "a\n", "a\r", "ä", "a=b", "\u{1b}[m", "\"", "#a"] {
            #expect(HistogramTag(text) == nil)
        }
        #expect(HistogramTag(String(repeating: "a", count: 64)) != nil)
        #expect(HistogramTag(String(repeating: "a", count: 65)) == nil)
        #expect(HistogramTag("A.Z_0:9/-") != nil)
    }
}
