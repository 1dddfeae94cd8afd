import Foundation
import Measure
import Record
import Report
import Testing

@Suite struct ExtremesTests {
    /// Any value that a counter may have.
    private static let values: [UInt64] = [0, 1, .max / 2, .max]
    private static let areas: [Double] = [0, -1, .nan, .infinity, 1e300, 5e9]

    @Test("No value of a summary traps an output, and run.json stays valid", arguments: values, areas)
    func summaries(value: UInt64, area: Double) throws {
        var summary = Fabricated.troubled()
        Self.fill(&summary.total, with: value)
        Self.fill(&summary.hold.counters, with: value)
        summary.plan.usersAsked = value
        summary.plan.ramp = value
        summary.plan.hold = value
        summary.plan.threads = value == 0 ? -1 : .max
        summary.outcome.requestsInFlight = InFlight(total: value, hold: value)
        summary.outcome.duration = value
        summary.outcome.holdDuration = value
        summary.outcome.usersEstablished = value
        summary.outcome.settleShortfall = value
        summary.outcome.usersHeld = Held(lowest: value, highest: value, area: area, duration: value)
        summary.outcome.longestSilence = value
        summary.cpuSeconds = area
        summary.peakResidentBytes = value
        summary.slo = [SLOOutcome(text: "x", verdict: .pass, measured: .fraction(area))]
        let json = RunJSON.encode(summary, redactor: Fabricated.redactor)
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json)) }
        let text = Summary.text(summary, record: nil, style: .plain, redactor: Fabricated.redactor)
        for line in text.split(separator: "\n") { #expect(TerminalText.width(String(line)) <= 80, "\(line)") }
    }

    @Test("No value of an interval traps an output", arguments: values, areas)
    func intervals(value: UInt64, area: Double) {
        for (start, end) in [(UInt64(0), value), (value, 0), (value, value)] {
            var row = Fabricated.row(1)
            Self.fill(&row.counters, with: value)
            row.start = start
            row.end = end
            row.established = value
            row.usersHeld = Held(lowest: value, highest: value, area: area, duration: value)
            row.responseP50 = value
            row.responseP99 = value
            row.responseMaximum = value
            #expect(IntervalsCSV.row(row).count { $0 == UInt8(ascii: ",") } == Self.commas)
            #expect(PlainLine.text(row, of: Fabricated.plan()).hasSuffix("\n"))
            var view = LiveView(plan: Fabricated.plan(), style: .colour, redactor: Fabricated.redactor)
            for _ in 0..<100 { view.append(row) }
            for (columns, rows) in [(80, 24), (40, 6), (0, 0), (-5, -5), (.max, .max)] {
                let moment = LiveView.Moment(elapsed: value, planned: end, phase: .hold)
                #expect(!view.frame(moment, columns: columns, rows: rows).isEmpty)
                #expect(!view.end(columns: columns).isEmpty)
            }
        }
    }

    private static let commas = IntervalsCSV.header().count { $0 == UInt8(ascii: ",") }

    /// `Counters` is a plain value of 64-bit integers.
    private static func fill(_ counters: inout Counters, with value: UInt64) {
        withUnsafeMutableBytes(of: &counters) { bytes in
            let words = bytes.bindMemory(to: UInt64.self)
            for index in words.indices { words[index] = value }
        }
    }
}
