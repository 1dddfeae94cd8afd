import Units
import YAML

extension StrictReader {
    /// Reads the `traffic` of a fleet file; nil after an error. `readFile` reads the file of a curve, by its name
    /// relative to the fleet file.
    public mutating func readTraffic(
        _ node: YAMLNode, at path: String, readFile: @escaping (String) throws(ParseError) -> [UInt8]
    ) -> TrafficCurve? {
        var reader = ScalingReader(log: self.log, readFile: readFile)
        let curve = reader.traffic(node, at: path)
        self.log = reader.log
        return curve
    }

    /// Reads the `scaling` of a fleet file; nil after an error.
    public mutating func readScaling(_ node: YAMLNode, at path: String) -> ScalingSettings? {
        var reader = ScalingReader(log: self.log)
        let settings = reader.scaling(node, at: path)
        self.log = reader.log
        return settings
    }
}

/// Reads the two mappings of a fleet file that scaling takes.
struct ScalingReader: StrictReader {
    var log: ReadLog
    var readFile: (String) throws(ParseError) -> [UInt8] = { name throws(ParseError) in
        throw ParseError("\(quoted(name)) cannot be read here")
    }

    init(log: ReadLog) { self.log = log }

    init(log: ReadLog, readFile: @escaping (String) throws(ParseError) -> [UInt8]) {
        self.log = log
        self.readFile = readFile
    }

    /// What the keys set, before it is put together.
    struct Draft {
        var settings = ScalingSettings()
        var shape = TrafficCurve.Shape.sine
        var peakOverAverage: Double?
        var event = TrafficEvent()
        var file: String?
        var record: String?
        var metric: ScalingMetric.Kind?
        var cpuAtCapacity: Double?
        var add = Amounts(items: [Amounts.Item(beyond: nil, amount: 10)], isPercent: true)
        var remove = Amounts(items: [Amounts.Item(beyond: nil, amount: 10)], isPercent: true)
        var action = ScheduledAction(at: ClockTime(second: 0), instances: 0)
        var item = Amounts.Item(beyond: nil, amount: 0)
        var isItemPercent = true
        var service = ServiceQueue(serviceTime: .zero, servers: 0, perUser: .zero)
    }

    /// How much a step policy adds or removes.
    struct Amounts {
        struct Item {
            /// The metric from which on it holds; nil: from the threshold on.
            var beyond: Double?
            var amount: Double
        }
        var items: [Item]
        var isPercent: Bool
    }

    /// Reads the keys of a mapping into the draft; nil if it is none.
    @discardableResult
    mutating func readMapping(
        _ mapping: ScalingKey.Mapping, _ node: YAMLNode, at path: String, into draft: inout Draft
    ) -> YAMLFields? {
        self.readMapping(ScalingKey.keys(of: mapping), named: "`\(path)`", node, at: path, into: &draft)
    }

    /// The curve of `traffic`.
    mutating func traffic(_ node: YAMLNode, at path: String) -> TrafficCurve? {
        let before = self.errors.count
        var draft = Draft()
        guard let fields = self.readMapping(.traffic, node, at: path, into: &draft) else { return nil }
        _ = self.required("shape", fields, "write one of \(Self.shapes), such as `shape: sine`")
        let own = Self.keys(of: draft.shape)
        for key in ScalingKey.all where key.mapping == .traffic && key.name != "shape" && !own.contains(key.name) {
            if fields[key.name] != nil {
                self.report(
                    fields.node(ofKey: key.name),
                    "\(path): `\(key.name)` does not belong to `shape: \(draft.shape.rawValue)`")
            }
        }
        if draft.shape == .csv {
            _ = self.required("file", fields, "write the file of the curve, such as `file: day.csv`")
        }
        if draft.shape == .learned {
            _ = self.required("record", fields, "write the folder of a record, such as `record: results/day`")
        }
        guard self.errors.count == before else { return nil }
        do throws(ParseError) {
            return try self.curve(draft)
        } catch {
            let key = own.first { fields[$0] != nil } ?? "shape"
            self.refuse(fields.path(of: key), fields[key] ?? node, error.message)
            return nil
        }
    }

    private func curve(_ draft: Draft) throws(ParseError) -> TrafficCurve {
        switch draft.shape {
        case .flat: return .flat
        case .sine: return try .sine(peakOverAverage: draft.peakOverAverage ?? 2)
        case .businessDay: return try .businessDay(peakOverAverage: draft.peakOverAverage ?? 3)
        case .event: return try .event(draft.event)
        case .worldcup98: return .worldcup98
        case .csv:
            let name = draft.file ?? ""
            return try TrafficCSV.parse(try self.readFile(name), file: name)
        case .learned:
            let name = "\(draft.record ?? "")/intervals.csv"
            return try LearnedTraffic.parse(try self.readFile(name), file: name)
        }
    }

    /// The keys of a shape.
    private static func keys(of shape: TrafficCurve.Shape) -> [String] {
        switch shape {
        case .flat, .worldcup98: []
        case .learned: ["record"]
        case .sine, .businessDay: ["peak_over_average"]
        case .event: ["start", "rise", "hold", "fall", "height"]
        case .csv: ["file"]
        }
    }

    private static var shapes: String {
        TrafficCurve.Shape.allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// The settings of `scaling`.
    mutating func scaling(_ node: YAMLNode, at path: String) -> ScalingSettings? {
        let before = self.errors.count
        var draft = Draft()
        guard let fields = self.readMapping(.scaling, node, at: path, into: &draft) else { return nil }
        switch (draft.metric, draft.cpuAtCapacity) {
        case (.cpu, let share?): draft.settings.metric = .cpu(atCapacity: share)
        case (.cpu, nil):
            if fields["cpu_at_capacity"] == nil {
                self.refuse(
                    fields.path(of: "metric"), fields["metric"] ?? node,
                    "the CPU of a full instance is unknown; add `cpu_at_capacity: 85%` as it was measured")
            }
        case (.requests, _), (nil, nil): draft.settings.metric = .requests
        case (.connections, _): draft.settings.metric = .connections
        case (nil, .some): break
        }
        if fields["cpu_at_capacity"] != nil, draft.metric != .cpu {
            self.report(
                fields.node(ofKey: "cpu_at_capacity"),
                "\(path): `cpu_at_capacity` goes with `metric: cpu`; add that or drop it")
        }
        self.setAmounts(&draft, fields)
        guard self.errors.count == before else { return nil }
        for problem in draft.settings.problems() {
            let place = "\(path).\(problem.path)"
            self.log.addLate("\(place): \(problem.message)", at: place)
        }
        return self.errors.count == before ? draft.settings : nil
    }

    /// Turns what `step` adds and removes into ranges of the metric.
    private mutating func setAmounts(_ draft: inout Draft, _ fields: YAMLFields) {
        if draft.add.isPercent != draft.remove.isPercent, let step = fields["step"] {
            self.refuse(
                fields.path(of: "step"), step, "`add` and `remove` are both percentages or both numbers of instances")
        }
        draft.settings.step.type = draft.add.isPercent ? .percent : .instances
        let step = draft.settings.step
        if let first = draft.add.items.first?.beyond, first < step.out.threshold - StepScaling.boundTolerance {
            self.refuse("add[0].above", first, isBelow: true, "out", step.out.threshold, fields)
        }
        if let first = draft.remove.items.first?.beyond, first > step.in.threshold + StepScaling.boundTolerance {
            self.refuse("remove[0].below", first, isBelow: false, "in", step.in.threshold, fields)
        }
        draft.settings.step.out.adjustments = Self.adjustments(
            draft.add.items, threshold: draft.settings.step.out.threshold, isOut: true)
        draft.settings.step.in.adjustments = Self.adjustments(
            draft.remove.items, threshold: draft.settings.step.in.threshold, isOut: false)
    }

    /// Refuses a first step that begins on the inner side of its alarm's threshold.
    private mutating func refuse(
        _ key: String, _ value: Double, isBelow: Bool, _ alarm: String, _ threshold: Double, _ fields: YAMLFields
    ) {
        let place = "\(fields.path(of: "step")).\(key)"
        let side = isBelow ? "below" : "above"
        let (found, wanted) = (Quantity.percent(value), Quantity.percent(threshold))
        self.log.addLate(
            "\(place): \(found) is \(side) `\(alarm)`, \(wanted), where the alarm fires; begin there or beyond",
            at: place)
    }

    /// Ranges that follow each other from the threshold outward, with none at it where the first begins later.
    private static func adjustments(
        _ items: [Amounts.Item], threshold: Double, isOut: Bool
    ) -> [StepScaling.Adjustment] {
        let bounds = items.map { item in item.beyond.map { $0 - threshold } ?? 0 }
        var adjustments: [StepScaling.Adjustment] = []
        if let first = bounds.first, abs(first) > StepScaling.boundTolerance {
            adjustments.append(isOut ? .init(from: 0, to: first, 0) : .init(from: first, to: 0, 0))
        }
        for (index, item) in items.enumerated() {
            let next = index + 1 < bounds.count ? bounds[index + 1] : nil
            adjustments.append(
                isOut
                    ? .init(from: bounds[index], to: next, item.amount)
                    : .init(from: next, to: bounds[index], -item.amount))
        }
        return adjustments
    }
}
