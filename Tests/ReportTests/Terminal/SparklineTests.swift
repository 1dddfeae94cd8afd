import Testing

@testable import Report

@Suite struct SparklineTests {
    @Test("Bars run from zero to the largest value; nothing is a blank; the newest values stay")
    func bars() {
        #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7, 8], columns: 20) == "▁▁▂▃▄▅▆▇█")
        #expect(Sparkline.text([1, nil, 1], columns: 3) == "█ █")
        #expect(Sparkline.text([9, 9, 0, 0], columns: 2) == "▁▁")
        #expect(Sparkline.text([1, 2], columns: -1) == "")
        #expect(Sparkline.text([.nan, .infinity, -1, 1], columns: 4) == "  ▁█")
    }
}
