@testable import Fleet
import Foundation
import Numerics
import Testing
import Units
import YAML

@Suite struct ScalingReaderTests {
    /// A document of `traffic` and `scaling`.
    struct Reader: StrictReader {
        var log = ReadLog()
        var curve: TrafficCurve?
        var settings: ScalingSettings?

        mutating func read(_ root: YAMLNode) {
            guard let fields = self.fields(of: root, at: "", named: "a fleet", known: ["traffic", "scaling"]) else {
                return
            }
            if let node = fields["traffic"] {
                self.curve = self.readTraffic(node, at: "traffic") { name throws(ParseError) in
                    guard name == "day.csv" else { throw ParseError("\(quoted(name)) is not there") }
                    return Array("00:00,1\n12:00,x\n".utf8)
                }
            }
            if let node = fields["scaling"] { self.settings = self.readScaling(node, at: "scaling") }
        }
    }

    static func read(_ text: String) throws -> Reader {
        let document = YAMLReader.read(Array(text.utf8), kind: "fleet file")
        try #require(document.errors.isEmpty, "\(document.errors)")
        var reader = Reader()
        reader.read(try #require(document.root))
        return reader
    }

    @Test("Every key of scaling is read into its setting")
    func everyKey() throws {
        let reader = try Self.read("""
            scaling:
              policies: [fixed, step, target_tracking, scheduled, predictive, combined]
              metric: cpu
              cpu_at_capacity: 85%
              period: 5m
              step: {out: 75%, in: 25%, add: 20%, remove: 5%, at_least: 2, out_after: 2, in_after: 10}
              target: 60%
              target_tracking: {out_after: 4, in_after: 20, low_share: 90%}
              predictive: {prelaunch: 10m, above_maximum: 10%}
              pending: 10s
              boot: 25s
              app_start: 30s
              health_check: 15s
              warmup: 120s
              cooldown: 60s
              drain: 0
              minimum: 1,250
              maximum: 15k
              fixed: 12500
              refused_above: 2500
              schedule: [{at: "06:00", instances: 8000}, {at: 22:30, instances: 2000}]
              service: {time: 20ms, servers: 8, every: 43.2s, quantile: 95%, limit: 500ms}
              days: 7
              step_length: 1m
            """)
        #expect(reader.errors.isEmpty, "\(reader.errors)")
        let settings = try #require(reader.settings)
        var expected = ScalingSettings()
        expected.policies = [.fixed, .step, .targetTracking, .scheduled, .predictive, .combined]
        expected.metric = .cpu(atCapacity: 0.85)
        expected.period = .seconds(300)
        expected.step.out = StepScaling.Side(at: 0.75, periods: 2, [.init(from: 0, 20)])
        expected.step.in = StepScaling.Side(at: 0.25, periods: 10, [.init(to: 0, -5)])
        expected.step.minimumMagnitude = 2
        expected.targetTracking.target = 0.6
        expected.targetTracking.outPeriods = 4
        expected.targetTracking.inPeriods = 20
        expected.targetTracking.lowShare = 0.9
        expected.predictive.target = 0.6
        expected.predictive.prelaunch = .seconds(600)
        expected.predictive.aboveMaximum = 0.1
        expected.pending = .seconds(10)
        expected.boot = .seconds(25)
        expected.appStart = .seconds(30)
        expected.healthCheck = .seconds(15)
        expected.warmup = .seconds(120)
        expected.cooldown = .seconds(60)
        expected.drain = .zero
        expected.minimum = 1_250
        expected.maximum = 15_000
        expected.fixed = 12_500
        expected.refusedAbove = Users(2_500)
        expected.schedule = [
            ScheduledAction(at: ClockTime(second: 6 * 3_600), instances: 8_000),
            ScheduledAction(at: ClockTime(second: 22 * 3_600 + 1_800), instances: 2_000),
        ]
        expected.queue = ServiceQueue(
            serviceTime: .milliseconds(20), servers: 8, perUser: RequestRate(1 / 43.2))
        expected.queue?.quantile = 0.95
        expected.queue?.limit = .milliseconds(500)
        expected.days = 7
        expected.stepLength = .seconds(60)
        #expect(settings == expected)
        // The test names every key of the list.
        let text = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        for key in ScalingKey.all { #expect(text.contains("\(key.name):"), "\(key.path)") }
    }

    @Test("AWS's worked example is written as steps, and read as its ranges")
    func steps() throws {
        let reader = try Self.read("""
            scaling:
              step:
                out: 50%
                in: 50%
                add: [{above: 60%, by: 10%}, {above: 70%, by: 30%}]
                remove: [{below: 40%, by: 10%}, {below: 30%, by: 30%}]
                out_after: 1
                in_after: 1
            """)
        #expect(reader.errors.isEmpty, "\(reader.errors)")
        let step = try #require(reader.settings?.step)
        #expect(step.out.adjustments.count == 3)
        #expect(step.desired(isOut: true, metric: 0.6, current: 10, desired: 10) == 11)
        #expect(step.desired(isOut: true, metric: 0.7, current: 11, desired: 11) == 14)
        #expect(step.desired(isOut: false, metric: 0.4, current: 14, desired: 14) == 13)
        #expect(step.desired(isOut: false, metric: 0.3, current: 13, desired: 13) == 10)
        #expect(step.desired(isOut: true, metric: 0.55, current: 10, desired: 10) == 10)
    }

    @Test("Without a key its documented default holds")
    func defaults() throws {
        var expected = ScalingSettings()
        expected.step.out.adjustments = [.init(from: 0, 10)]
        expected.step.in.adjustments = [.init(to: 0, -10)]
        #expect(try Self.read("scaling: {days: 1}").settings == expected)
        #expect(try Self.read("traffic: {shape: sine}").curve?.peakOverAverage ?? 0 > 1.999)
        #expect(try Self.read("traffic: {shape: worldcup98}").curve == .worldcup98)
        #expect(try Self.read("traffic: {shape: flat}").curve == .flat)
        let event = try Self.read(
            "traffic: {shape: event, start: 20h, rise: 2m, hold: 1h, fall: 30m, height: 10}").curve
        #expect(event?.event?.height == 10 && event?.event?.hold == .seconds(3_600))
    }

    @Test("What is wrong is an error at its place, with what to write", arguments: [
        ("traffic: {shape: sin}", "1:18: traffic.shape: `sin` is not known; did you mean `sine`?"),
        ("traffic: {peak_over_average: 2}", "traffic.shape: this key is missing"),
        ("traffic: {shape: sine, peak_over_average: 3}", "1:43: traffic.peak_over_average: a sine has a peak of 1 to 2"),
        ("traffic: {shape: flat, height: 3}", "1:24: traffic: `height` does not belong to `shape: flat`"),
        ("traffic: {shape: csv}", "traffic.file: this key is missing"),
        ("traffic: {shape: learned, record: night}", "1:35: traffic.record: `night/intervals.csv` is not there"),
        ("traffic: {shape: csv, file: night.csv}", "1:29: traffic.file: `night.csv` is not there"),
        ("traffic: {shape: csv, file: day.csv}", "1:29: traffic.file: `day.csv`, line 2"),
        ("traffic: {shape: event, start: 23h, hold: 2h}", "not over by midnight"),
        ("traffic: {shape: event, height: 0.5}", "1:33: traffic.height"),
        ("traffic: {shape: learned}", "write the folder of a record"),
        ("traffic: [sine]", "`traffic` is a mapping"),
        ("scaling: {polices: [step]}", "1:11: unknown key `polices`; did you mean `policies`?"),
        ("scaling: {policies: [step, step]}", "1:28: scaling.policies[1]: `step` stands here a second time"),
        ("scaling: {policies: []}", "name 1 to 8 policies"),
        ("scaling: {policies: [steps]}", "did you mean `step`?"),
        ("scaling: {metric: cpu}", "1:19: scaling.metric: the CPU of a full instance is unknown"),
        ("scaling: {metric: requests, cpu_at_capacity: 80%}", "`cpu_at_capacity` goes with `metric: cpu`"),
        ("scaling: {cpu_at_capacity: 80%}", "`cpu_at_capacity` goes with `metric: cpu`"),
        ("scaling: {target: 50}", "is not a percentage"),
        ("scaling: {target: 0%}", "1:19: scaling.target: above 0%"),
        ("scaling: {boot: 30}", "has no unit"),
        ("scaling: {boot: 2h}", "scaling.boot: longer than 1h"),
        ("scaling: {pending: 40s}", "scaling.pending: it is part of `boot`"),
        ("scaling: {minimum: 10, maximum: 5}", "1:33: scaling.maximum: at least `minimum`"),
        ("scaling: {minimum: -1}", "is not a number"),
        ("scaling: {maximum: 99999999}", "the most here"),
        ("scaling: {step: {out: 30%, in: 70%}}", "scaling.step.in: below `out`"),
        ("scaling: {step: {add: 10%, remove: 3}}", "both percentages or both numbers"),
        ("scaling: {step: {add: [{above: 70%, by: 10%}, {above: 60%, by: 20%}]}}", "scaling.step.add[1]: the steps go outward"),
        ("scaling: {step: {add: [{above: 70%}]}}", "scaling.step.add[0].by: this key is missing"),
        ("scaling: {step: {add: [{below: 70%, by: 10%}]}}", "unknown key `below`"),
        ("scaling: {step: {add: []}}", "0 steps"),
        (
            "scaling: {step: {add: [{above: 60%, by: 10%}]}}",
            "1:32: scaling.step.add[0].above: 60 % is below `out`, 70 %"
        ),
        (
            "scaling: {step: {in: 20%, remove: [{below: 30%, by: 10%}]}}",
            "scaling.step.remove[0].below: 30 % is above `in`, 20 %"
        ),
        ("scaling: {step: {out_after: 0}}", "scaling.step.out_after: 1 to 1440 periods"),
        ("scaling: {schedule: [{at: \"6:00\", instances: 1}]}", "is not a time of the day"),
        ("scaling: {schedule: [{at: \"06:00\"}]}", "scaling.schedule[0].instances: this key is missing"),
        ("scaling: {schedule: []}", "0 actions"),
        ("scaling: {schedule: [{at: \"06:00\", instances: 1}, {at: \"06:00\", instances: 2}]}", "at the same time"),
        ("scaling: {service: {time: 20ms, servers: 8}}", "scaling.service.every: this key is missing"),
        ("scaling: {days: 0}", "scaling.days: 1 to 366"),
        ("scaling: {days: 1.5}", "is not a whole number"),
        ("scaling: {step_length: 7s}", "scaling.step_length: a divisor of a minute"),
        ("scaling: {period: 45s}", "scaling.period: a multiple"),
        ("scaling: 5", "`scaling` is a mapping"),
    ])
    func wrong(text: String, expected: String) throws {
        let reader = try Self.read(text)
        #expect(reader.curve == nil && reader.settings == nil)
        let errors = reader.errors.map { "\($0.line):\($0.column): \($0.message)" }
        #expect(errors.contains { $0.contains(expected) }, "\(errors)")
        // A key by another key's name is unknown, and the one that it stands for is missing.
        #expect(errors.count == (expected.hasPrefix("unknown key `below`") ? 2 : 1), "\(errors)")
    }

    @Test("A document with any byte changed is settings that can be simulated, or errors, and never a trap")
    func anyBytes() throws {
        let text = "traffic: {shape: event, start: 1h, height: 10}\nscaling: {metric: cpu, cpu_at_capacity: 85%, "
            + "step: {out: 70%, add: [{above: 75%, by: 20%}], at_least: 2}, minimum: 12, maximum: 1k, drain: 60s, "
            + "schedule: [{at: 06:00, instances: 80}], policies: [simple, scheduled, combined], step_length: 1m}\n"
        var random = RandomGenerator(seed: 7)
        let letters = Array("0159%smhk-.:{}[], ae\"\n".utf8)
        for _ in 0..<400 {
            var bytes = Array(text.utf8)
            for _ in 0...random.upTo(2) {
                bytes[Int(random.upTo(UInt64(bytes.count - 1)))] = letters[Int(random.upTo(UInt64(letters.count - 1)))]
            }
            guard let root = YAMLReader.read(bytes, kind: "fleet file").root else { continue }
            var reader = Reader()
            reader.read(root)
            guard reader.errors.isEmpty, let curve = reader.curve, var settings = reader.settings else { continue }
            settings.days = 1
            settings.stepLength = .seconds(60)
            settings.period = .seconds(60)
            let scenario = try ScalingScenario(
                curve: curve, peakUsers: Users(10_000), usersPerInstance: Users(100), settings: settings)
            let summary = scenario.run(.combined(settings.targetTracking, settings.predictive)).summary
            #expect(summary.seconds == 86_400 && summary.refusedShare >= 0 && summary.refusedShare <= 1)
        }
    }

    @Test("Each key has a meaning and an example that the reader takes")
    func examples() {
        #expect(Set(ScalingKey.all.map(\.path)).count == ScalingKey.all.count)
        for key in ScalingKey.all {
            #expect(!key.meaning.isEmpty && !key.example.isEmpty && !key.type.isEmpty, "\(key.path)")
            let text = key.example.replacing(", …]", with: "]")
            let document = YAMLReader.read(Array("x: \(text)".utf8), kind: "example")
            guard case .mapping(let entries)? = document.root?.content, let value = entries.first?.value else {
                Issue.record("\(key.path)")
                continue
            }
            var reader = ScalingReader(log: ReadLog())
            var draft = ScalingReader.Draft()
            key.read(&reader, value, key.path, &draft)
            #expect(reader.errors.isEmpty, "\(key.path): \(reader.errors)")
        }
    }
}
