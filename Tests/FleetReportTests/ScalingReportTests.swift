import Fleet
import Record
import Report
import TestSupport
import Testing
import Units
import YAML

/// A comparison of scaling policies as text, JSON and CSV.
@Suite struct ScalingReportTests {
    /// The document's fleet: 25 M users at the peak on 2,000 each, with its minimum and maximum.
    static func comparison(
        _ curve: TrafficCurve, regions: [ScalingRegion] = [ScalingRegion(name: "all")],
        change: (inout ScalingSettings) -> Void = { _ in }
    ) throws -> ScalingComparison {
        var settings = ScalingSettings()
        settings.minimum = 1_250
        settings.maximum = 15_000
        settings.appStart = .seconds(30)
        settings.targetTracking.target = 0.85
        settings.predictive.target = 0.85
        change(&settings)
        return ScalingComparison(
            try ScalingScenario(
                curve: curve, peakUsers: Users(25_000_000), usersPerInstance: Users(2_000), regions: regions,
                settings: settings, price: Price(try Money.parse("$0.384"))))
    }

    @Test("The page of a sine is what a person last saw")
    func sine() throws {
        let comparison = try Self.comparison(try .sine(peakOverAverage: 2)) { $0.policies = ScalingPolicy.Kind.allCases }
        try Golden.expect(ScalingText.page(comparison), matches: "scaling-sine.txt")
    }

    @Test("The page of an event shows who is refused while instances boot")
    func event() throws {
        var event = TrafficEvent()
        event.start = .seconds(20 * 3_600)
        event.height = 4
        let comparison = try Self.comparison(try .event(event)) { $0.appStart = .zero }
        try Golden.expect(ScalingText.page(comparison, plotting: .targetTracking), matches: "scaling-event.txt")
    }

    @Test("The page of a fleet that scales on an idle CPU names the contradiction")
    func wrongMetric() throws {
        let comparison = try Self.comparison(.worldcup98) { settings in
            settings.metric = .cpu(atCapacity: 0.03)
            settings.policies = [.step]
            settings.days = 2
        }
        let page = ScalingText.page(comparison, plotting: .step)
        try Golden.expect(page, matches: "scaling-wrong-metric.txt")
        #expect(page.contains("! the alarm of step scaling never fires: a full instance shows 3 % CPU"))
    }

    @Test("plan.json has every figure of every policy and region, and the CSV file a column for each policy")
    func files() throws {
        let regions = [
            ScalingRegion(name: "us-east-1", weight: 3, utcOffset: .seconds(-5 * 3_600)),
            ScalingRegion(name: "eu-west-1", weight: 2, utcOffset: .zero, price: Price(try Money.parse("$0.428"))),
        ]
        let comparison = try Self.comparison(try .businessDay(), regions: regions) { settings in
            settings.policies = [.step, .combined]
            settings.stepLength = .seconds(60)
            settings.queue = ServiceQueue(
                serviceTime: .milliseconds(20), servers: 8, perUser: RequestRate(1 / 43.2))
        }
        let json = JSONWriter.encode(ScalingJSON.value(comparison))
        try Golden.expect(json, matches: "scaling.json")
        let root = try DataNode.read(json, kind: "scaling")
        #expect(root["policies"]?.items?.count == 4)
        #expect(root["policies"]?.items?.first?["cost_per_day"]?.text != nil)
        let csv = ScalingCSV.encode(comparison)
        let lines = String(decoding: csv, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1_441)
        #expect(lines[0] == "second,users,needed,fixed,step,combined,perfect")
        try Golden.expect(lines.prefix(600).enumerated().filter { $0.offset % 60 < 2 }.map(\.element).joined(
            separator: "\n"), matches: "scaling.csv")
    }

    @Test("Ten regions are a row each, a sum, and one plot; a name does not reach a terminal with its markup")
    func regions() throws {
        let names = ["us-east-1", "us-west-2", "sa-east-1", "eu-west-1", "eu-central-1", "ap-south-1", "ap-east-1"]
        let regions = (names + ["evil\u{1b}[31m", "x|y", "z"]).enumerated().map { index, name in
            ScalingRegion(name: name, utcOffset: .seconds(3_600 * (2 * index - 8)))
        }
        let comparison = try Self.comparison(try .sine(peakOverAverage: 2), regions: regions) { settings in
            settings.policies = [.targetTracking, .combined]
        }
        let page = ScalingText.page(comparison)
        #expect(!page.contains("\u{1b}"))
        try Golden.expect(page, matches: "scaling-regions.txt")
    }

    @Test("No line of a page is wider than 100 columns, and a plot is 72 columns wide", arguments: [1, 3])
    func width(days: Int) throws {
        let regions = (0..<3).map { ScalingRegion(name: "r\($0)", utcOffset: .seconds(3_600 * $0)) }
        let comparison = try Self.comparison(try .sine(peakOverAverage: 1.5), regions: regions) { settings in
            settings.days = days
            settings.stepLength = .seconds(60)
            settings.policies = [.targetTracking]
        }
        let lines = ScalingText.page(comparison).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(lines.contains { $0.contains("└") && $0.count == 72 })
    }

    @Test("Of a simulation of more steps than are kept the plot and the CSV file have every second one, and say so")
    func long() throws {
        let comparison = try Self.comparison(.flat) { settings in
            settings.days = 70
            settings.stepLength = .seconds(60)
            settings.policies = [.fixed]
        }
        let page = ScalingText.page(comparison)
        #expect(page.contains("70 days of flat"))
        #expect(page.contains("x needed and missing; one step in 2\n") && page.contains("└"))
        let lines = String(decoding: ScalingCSV.encode(comparison), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1 + 70 * 720 && lines[2].hasPrefix("120,"))
    }

    @Test("A page of a service has estimated response times, and the minutes above their limit")
    func service() throws {
        let comparison = try Self.comparison(.flat) { settings in
            settings.policies = [.step]
            settings.stepLength = .seconds(60)
            settings.queue = ServiceQueue(
                serviceTime: .milliseconds(20), servers: 1, perUser: RequestRate(1 / 43.2))
            settings.queue?.limit = .milliseconds(100)
        }
        let page = ScalingText.page(comparison)
        #expect(page.contains("response time of 99 %  at the fullest  minutes above 100 ms\n"), "\(page)")
        #expect(page.contains("\nstatic peak                    1.24 s                 1,440\n"), "\(page)")
        #expect(page.contains("each user in 43.2 s"))
    }

    @Test("A learned curve says how many intervals of which length it has")
    func learned() throws {
        let curve = try TrafficCurve.learned([1, 2, 3, 4], every: .seconds(1))
        let page = ScalingText.page(try Self.comparison(curve) { $0.policies = [.step] })
        #expect(page.contains("1 day of learned (4 intervals of 1 s, spread over 24 h): 25,000,000 users"))
    }

    @Test("A curve of several days is named with them, and its days are not said to be alike")
    func severalDays() throws {
        let rows = (0...14).map { "\($0 * 43_200),\($0 % 4)" }.joined(separator: "\n")
        let curve = try TrafficCSV.parse(Array(rows.utf8), file: "week.csv")
        let comparison = try Self.comparison(curve) { settings in
            settings.policies = [.scheduled]
            settings.stepLength = .seconds(60)
            settings.days = 2
        }
        let page = ScalingText.page(comparison)
        #expect(page.contains("2 days of csv of 7 days: "))
        #expect(page.contains("forecasts begin with the 7 days before the first one"))
        #expect(!page.contains("every day is like the one before"))
        let root = try DataNode.read(JSONWriter.encode(ScalingJSON.value(comparison)), kind: "scaling")
        #expect(root["traffic"]?["days"]?.number == 7)
    }

    @Test("Without a price the cost is unknown, and nothing else")
    func noPrice() throws {
        let comparison = ScalingComparison(
            try ScalingScenario(curve: .flat, peakUsers: Users(1_000), usersPerInstance: Users(100)))
        #expect(ScalingText.page(comparison).contains("unknown"))
        let root = try DataNode.read(JSONWriter.encode(ScalingJSON.value(comparison)), kind: "scaling")
        let first = try #require(root["policies"]?.items?.first)
        #expect(first["cost"]?.isNull == true && first["instance_hours"]?.number == 240)
    }
}
