import Units
import YAML

/// One key of `traffic` or `scaling` of a fleet file: where it stands, what the reference says of it, and what its
/// value sets. The reader and its advice on a mistyped key come from the list of these.
public struct ScalingKey: ReadingKey, Sendable {
    /// Where it stands.
    public let mapping: Mapping
    /// As it is written: `cpu_at_capacity`.
    public let name: String
    /// The type and what holds without it, what it means, and an example, in Markdown.
    public let type: String
    public let meaning: String
    public let example: String
    let read: Reading

    typealias Reader = ScalingReader
    typealias Target = ScalingReader.Draft

    /// The mappings, by their paths.
    public enum Mapping: String, Sendable, CaseIterable {
        case traffic, scaling
        case step = "scaling.step"
        case above = "scaling.step.add[]"
        case below = "scaling.step.remove[]"
        case targetTracking = "scaling.target_tracking"
        case predictive = "scaling.predictive"
        case action = "scaling.schedule[]"
        case service = "scaling.service"
    }

    init(
        _ mapping: Mapping, _ name: String, _ type: String, _ meaning: String, _ example: String,
        _ read: @escaping Reading
    ) {
        self.mapping = mapping
        self.name = name
        self.type = type
        self.meaning = meaning
        self.example = example
        self.read = read
    }

    /// Every key, by mapping, in the order in which an error lists them.
    public static let all: [ScalingKey] =
        trafficKeys + scalingKeys + timeKeys + stepKeys + trackingKeys + predictiveKeys + actionKeys + serviceKeys
}

extension ScalingKey {
    private static func length(_ set: @escaping Setter<Duration>) -> Reading { of({ $0.length($1, at: $2) }, set) }
    private static func dayTime(_ set: @escaping Setter<Duration>) -> Reading {
        of({ $0.length($1, at: $2, limit: .day) }, set)
    }
    private static func instances(_ set: @escaping Setter<Int>) -> Reading { of({ $0.instances($1, at: $2) }, set) }
    private static func section(_ mapping: Mapping) -> Reading {
        { reader, node, path, draft in reader.readMapping(mapping, node, at: path, into: &draft) }
    }

    private static let trafficKeys: [ScalingKey] = [
        ScalingKey(
            .traffic, "shape", "a word, see above",
            "demand over a day, in local time of each region", "sine",
            of({ $0.choice($1, at: $2, of: TrafficCurve.Shape.self) }) { $1.shape = $0 }),
        ScalingKey(
            .traffic, "peak_over_average", "decimal (2, or 3)",
            "the peak over the average of a sine (up to 2) or a business day (up to 3.18)", "1.5",
            factor { $1.peakOverAverage = $0 }),
        ScalingKey(
            .traffic, "start", "time (12h)", "when an event begins, from midnight UTC of the last day", "20h",
            dayTime { $1.event.start = $0 }),
        ScalingKey(
            .traffic, "rise", "time (5m)", "how long an event rises to its peak", "2m", dayTime { $1.event.rise = $0 }),
        ScalingKey(.traffic, "hold", "time (30m)", "how long its peak lasts", "90m", dayTime { $1.event.hold = $0 }),
        ScalingKey(
            .traffic, "fall", "time (1h)", "how long it falls to the demand before", "30m",
            dayTime { $1.event.fall = $0 }),
        ScalingKey(
            .traffic, "height", "decimal (5)", "its peak as a multiple of the demand before", "10",
            factor { $1.event.height = $0 }),
        ScalingKey(
            .traffic, "file", "text",
            "a CSV file of `time,value`, the time in seconds or as `06:00`, for `shape: csv`", "day.csv",
            of({ $0.text($1, at: $2) }) { $1.file = $0 }),
        ScalingKey(
            .traffic, "record", "text", "the folder of a record whose load is spread over a day, for `shape: learned`",
            "results/day", of({ $0.text($1, at: $2) }) { $1.record = $0 }),
    ]

    private static let scalingKeys: [ScalingKey] = [
        ScalingKey(
            .scaling, "policies", "list (all but simple)", "the policies to compare, see above",
            "[step, combined]", of({ $0.policies($1, at: $2) }) { $1.settings.policies = $0 }),
        ScalingKey(
            .scaling, "metric", "`cpu`, `requests` or `connections` (`requests`)",
            "what the alarms look at",
            "cpu", of({ $0.choice($1, at: $2, of: ScalingMetric.Kind.self) }) { $1.metric = $0 }),
        ScalingKey(
            .scaling, "cpu_at_capacity", "share", "CPU of an instance with all the users that it holds, as measured",
            "85%", share { $1.cpuAtCapacity = $0 }),
        ScalingKey(
            .scaling, "target", "share (the plan's reserve)",
            "the metric that target tracking and the forecast aim at", "50%",
            share {
                $1.settings.targetTracking.target = $0
                $1.settings.predictive.target = $0
            }),
        ScalingKey(
            .scaling, "step", "mapping", "step and simple scaling", "{out: 70%, in: 30%, add: 10%, remove: 10%}",
            section(.step)),
        ScalingKey(
            .scaling, "target_tracking", "mapping", "the alarms of target tracking", "{out_after: 3, in_after: 15}",
            section(.targetTracking)),
        ScalingKey(.scaling, "predictive", "mapping", "predictive scaling", "{prelaunch: 5m}", section(.predictive)),
        ScalingKey(
            .scaling, "schedule", "list (the highest need of each hour)",
            "instances from times of the day on", "[{at: \"06:00\", instances: 8000}]",
            of({ $0.schedule($1, at: $2) }) { $1.settings.schedule = $0 }),
        ScalingKey(
            .scaling, "fixed", "number (that of the plan)", "instances of the static policy", "12500",
            instances { $1.settings.fixed = $0 }),
        ScalingKey(
            .scaling, "minimum", "number (one in each region)", "the fewest instances of the fleet", "1250",
            instances { $1.settings.minimum = $0 }),
        ScalingKey(
            .scaling, "maximum", "number (no maximum)", "the most instances of the fleet", "15000",
            instances { $1.settings.maximum = $0 }),
        ScalingKey(
            .scaling, "refused_above", "number (those of its capacity)",
            "users of an instance at which it refuses more", "2500",
            of({ $0.count($1, at: $2) }) { $1.settings.refusedAbove = Users($0) }),
        ScalingKey(
            .scaling, "service", "mapping (none)", "an instance as a queue: estimates response times",
            "{time: 20ms, servers: 8, every: 43.2s}",
            of({ $0.service($1, at: $2) }) { $1.settings.queue = $0 }),
    ]

    private static let timeKeys: [ScalingKey] = [
        ScalingKey(
            .scaling, "period", "time (1m)", "the time of one data point of the metric; 5m without detailed monitoring",
            "1m", length { $1.settings.period = $0 }),
        ScalingKey(
            .scaling, "pending", "time (16.5s)", "the part of `boot` before an instance runs, which is not billed",
            "16.5s", length { $1.settings.pending = $0 }),
        ScalingKey(
            .scaling, "boot", "time (25.8s)", "from the launch of an instance until its system is up", "25s",
            length { $1.settings.boot = $0 }),
        ScalingKey(
            .scaling, "app_start", "time (0s, and a note)", "how long the application then starts", "30s",
            length { $1.settings.appStart = $0 }),
        ScalingKey(
            .scaling, "health_check", "time (30s)", "how long until the first health check has passed", "30s",
            length { $1.settings.healthCheck = $0 }),
        ScalingKey(
            .scaling, "warmup", "time (5m)", "how long an instance is left out of the metric, from the end of its boot",
            "300s", length { $1.settings.warmup = $0 }),
        ScalingKey(
            .scaling, "cooldown", "time (5m)", "the pause after an activity of simple scaling", "300s",
            length { $1.settings.cooldown = $0 }),
        ScalingKey(
            .scaling, "drain", "time (5m)", "how long an instance that is removed serves its last users", "300s",
            length { $1.settings.drain = $0 }),
        ScalingKey(.scaling, "days", "integer (1)", "days that are simulated", "7", integer { $1.settings.days = $0 }),
        ScalingKey(
            .scaling, "step_length", "time (30s)", "a step of the simulation, a divisor of a minute", "30s",
            length { $1.settings.stepLength = $0 }),
    ]

    private static let stepKeys: [ScalingKey] = [
        ScalingKey(
            .step, "out", "share (70%)", "instances are added from this metric on", "70%",
            share { $1.settings.step.out.threshold = $0 }),
        ScalingKey(
            .step, "in", "share (30%)", "instances are removed from this metric down", "30%",
            share { $1.settings.step.in.threshold = $0 }),
        ScalingKey(
            .step, "add", "share, number, or list (10%)",
            "a share of the instances, a number of them, or steps of either", "10%",
            of({ $0.amounts($1, at: $2, bound: .above) }) { $1.add = $0 }),
        ScalingKey(
            .step, "remove", "share, number, or list (10%)", "how much is removed", "10%",
            of({ $0.amounts($1, at: $2, bound: .below) }) { $1.remove = $0 }),
        ScalingKey(
            .step, "at_least", "number (0)", "the fewest instances that a share adds or removes", "2",
            instances { $1.settings.step.minimumMagnitude = $0 }),
        ScalingKey(
            .step, "out_after", "integer (3)", "periods in a row before instances are added", "3",
            integer { $1.settings.step.out.periods = $0 }),
        ScalingKey(
            .step, "in_after", "integer (15)", "periods in a row before instances are removed", "15",
            integer { $1.settings.step.in.periods = $0 }),
        ScalingKey(
            .above, "above", "share", "the metric from which on", "70%", share { $1.item.beyond = $0 }),
        ScalingKey(.above, "by", "share or number", "how much is added", "30%", amount),
        ScalingKey(
            .below, "below", "share", "the metric from which down", "30%", share { $1.item.beyond = $0 }),
        ScalingKey(.below, "by", "share or number", "how much is removed", "30%", amount),
    ]

    private static var amount: Reading {
        of({ $0.amount($1, at: $2) }) { amount, draft in
            draft.item.amount = amount.value
            draft.isItemPercent = amount.isPercent
        }
    }

    private static let trackingKeys: [ScalingKey] = [
        ScalingKey(
            .targetTracking, "out_after", "integer (3)", "periods in a row above the target before instances are added",
            "3", integer { $1.settings.targetTracking.outPeriods = $0 }),
        ScalingKey(
            .targetTracking, "in_after", "integer (15)",
            "periods in a row below the low alarm before instances are removed", "15",
            integer { $1.settings.targetTracking.inPeriods = $0 }),
        ScalingKey(
            .targetTracking, "low_share", "share (70%)", "the low alarm's threshold as a share of the target", "90%",
            share { $1.settings.targetTracking.lowShare = $0 }),
    ]

    private static let predictiveKeys: [ScalingKey] = [
        ScalingKey(
            .predictive, "prelaunch", "time (5m)", "how long before the hour its instances are launched", "10m",
            length { $1.settings.predictive.prelaunch = $0 }),
        ScalingKey(
            .predictive, "above_maximum", "share (never)",
            "how far the forecast may exceed the maximum, as a share", "10%",
            share { $1.settings.predictive.aboveMaximum = $0 }),
    ]

    private static let actionKeys: [ScalingKey] = [
        ScalingKey(
            .action, "at", "time of the day", "when, in local time of the region", "\"06:00\"",
            of({ $0.clock($1, at: $2) }) { $1.action.at = $0 }),
        ScalingKey(
            .action, "instances", "number", "how many from then on, of the whole fleet", "8000",
            instances { $1.action.instances = $0 }),
    ]

    private static let serviceKeys: [ScalingKey] = [
        ScalingKey(
            .service, "time", "time", "how long an instance works on a request", "20ms",
            of({ $0.span($1, at: $2) }) { $1.service.serviceTime = $0 }),
        ScalingKey(
            .service, "servers", "number", "how many requests it works on at once", "8",
            of({ $0.servers($1, at: $2) }) { $1.service.servers = $0 }),
        ScalingKey(
            .service, "every", "time", "the time from one request of a user to the next", "43.2s",
            of({ $0.span($1, at: $2) }) { $1.service.perUser = RequestRate(1 / $0.seconds) }),
        ScalingKey(
            .service, "quantile", "share (99%)", "which response time is estimated", "95%",
            share { $1.service.quantile = $0 }),
        ScalingKey(
            .service, "limit", "time (none)", "the response time that is not to be exceeded", "500ms",
            of({ $0.span($1, at: $2) }) { $1.service.limit = $0 }),
    ]
}
