import Units
import YAML

/// The stages of an open load.
extension ProfileReader {
    private static let kinds: [ProfileKey] = [.stageRate, .stageRamp, .stageSine, .stageDiurnal, .stageSpike]
    private static let example =
        "stages: [{ramp: [0/s, 200/s], for: 60s}, {rate: 200/s, for: 5m}]"

    /// The plan of all stages; nil after an error.
    mutating func stages(
        _ node: YAMLNode, at path: String, scale: Scale, process: ArrivalPlan.Process
    ) -> ArrivalPlan? {
        guard let items = self.list(node, at: path, example: Self.example) else { return nil }
        guard items.count <= ArrivalPlan.stagesLimit else {
            self.refuse(
                path, node,
                "\(items.count) stages are more than the \(ArrivalPlan.stagesLimit) that are allowed")
            return nil
        }
        var stages: [ArrivalStage] = []
        for (index, item) in items.enumerated() {
            let itemPath = "\(path)[\(index)]"
            guard let stage = self.stage(item, at: itemPath, scale) else { continue }
            let checked = self.refusing(itemPath, item) { () throws(ParseError) in
                try stage.check()
                return stage
            }
            if let checked { stages.append(checked) }
        }
        guard stages.count == items.count else { return nil }
        return self.refusing(path, node) { () throws(ParseError) in
            try ArrivalPlan.stages(stages, process: process)
        }
    }

    private mutating func stage(_ node: YAMLNode, at path: String, _ scale: Scale) -> ArrivalStage? {
        guard let fields = self.fields(of: node, at: path, named: "a stage", keys: .stage)
        else { return nil }
        let kinds = Self.kinds.filter { fields[$0] != nil }
        guard kinds.count == 1, let kind = kinds.first, let value = fields[kind] else {
            self.refuse(
                path, node,
                "a stage is one of \(Self.kinds.map(\.name).joined(separator: ", ")); found "
                    + (kinds.isEmpty ? "none" : kinds.map(\.name).joined(separator: " and ")))
            return nil
        }
        let valuePath = fields.path(of: kind)
        if kind == .stageSpike {
            if fields[.stageFor] != nil {
                self.report(
                    fields.node(of: .stageFor),
                    "\(path): a spike is as long as its rise, hold and fall; drop `for`")
            }
            return self.spike(value, at: valuePath, scale)
        }
        let length = self.required(.stageFor, fields, "say how long the stage is, such as `for: 60s`").flatMap {
            self.time($0, at: fields.path(of: .stageFor))
        }
        switch kind {
        case .stageRate:
            guard let rate = self.sessions(value, at: valuePath, scale), let length else { return nil }
            return .constant(rate: rate, length: length)
        case .stageRamp:
            guard let (from, to) = self.ramp(value, at: valuePath, scale), let length else { return nil }
            return .ramp(from: from, to: to, length: length)
        case .stageSine:
            let keys: [ProfileKey] = [.sineMean, .sineAmplitude, .sinePeriod]
            guard let (mean, amplitude, period) = self.wave(value, at: valuePath, .sine, keys, scale), let length
            else { return nil }
            return .sine(mean: mean, amplitude: amplitude, period: period, length: length)
        default:
            let keys: [ProfileKey] = [.diurnalTrough, .diurnalPeak, .diurnalDay]
            guard let (trough, peak, day) = self.wave(value, at: valuePath, .diurnal, keys, scale), let length
            else { return nil }
            return .diurnal(trough: trough, peak: peak, day: day, length: length)
        }
    }

    /// A rate in its unit, converted to sessions/s.
    private mutating func sessions(_ node: YAMLNode, at path: String, _ scale: Scale) -> Double? {
        self.rate(node, at: path).map(scale.sessions)
    }

    private mutating func ramp(
        _ node: YAMLNode, at path: String, _ scale: Scale
    ) -> (from: Double, to: Double)? {
        guard let items = self.list(node, at: path, example: "ramp: [0/s, 200/s]") else { return nil }
        guard items.count == 2 else {
            self.refuse(path, node, "\(items.count) rates; write the first and the last, [0/s, 200/s]")
            return nil
        }
        let from = self.sessions(items[0], at: path, scale)
        let to = self.sessions(items[1], at: path, scale)
        guard let from, let to else { return nil }
        return (from, to)
    }

    /// Two rates and a time, under these keys.
    private mutating func wave(
        _ node: YAMLNode, at path: String, _ mapping: ProfileKey.Mapping, _ keys: [ProfileKey], _ scale: Scale
    ) -> (Double, Double, UInt64)? {
        guard let fields = self.fields(of: node, at: path, named: "this", keys: mapping) else { return nil }
        let advice = "it takes \(keys.map(\.name).joined(separator: ", "))"
        let first = self.required(keys[0], fields, advice)
            .flatMap { self.sessions($0, at: fields.path(of: keys[0]), scale) }
        let second = self.required(keys[1], fields, advice)
            .flatMap { self.sessions($0, at: fields.path(of: keys[1]), scale) }
        let time = self.required(keys[2], fields, advice)
            .flatMap { self.time($0, at: fields.path(of: keys[2])) }
        guard let first, let second, let time else { return nil }
        return (first, second, time)
    }

    private mutating func spike(_ node: YAMLNode, at path: String, _ scale: Scale) -> ArrivalStage? {
        let keys: [ProfileKey] = [.spikeFrom, .spikeFactor, .spikeRise, .spikeHold, .spikeFall]
        guard let fields = self.fields(of: node, at: path, named: "this", keys: .spike) else { return nil }
        let advice = "it takes \(keys.map(\.name).joined(separator: ", "))"
        let from = self.required(.spikeFrom, fields, advice)
            .flatMap { self.sessions($0, at: fields.path(of: .spikeFrom), scale) }
        let factor = self.required(.spikeFactor, fields, advice)
            .flatMap { self.number($0, at: fields.path(of: .spikeFactor)) }
        let rise = self.required(.spikeRise, fields, advice)
            .flatMap { self.time($0, at: fields.path(of: .spikeRise)) }
        let hold = self.required(.spikeHold, fields, advice)
            .flatMap { self.time($0, at: fields.path(of: .spikeHold)) }
        let fall = self.required(.spikeFall, fields, advice)
            .flatMap { self.time($0, at: fields.path(of: .spikeFall)) }
        guard let from, let factor, let rise, let hold, let fall else { return nil }
        return .spike(from: from, factor: factor, rise: rise, hold: hold, fall: fall)
    }

    /// A number of at least 0, with or without decimals.
    private mutating func number(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "this is a number, such as 5") { text throws(ParseError) in
            var rest = Substring(text).utf8
            guard text.utf8.count <= TimeSpan.lengthLimit, let number = DecimalNumber.take(from: &rest),
                rest.isEmpty
            else { throw ParseError("\(quoted(text)) is not a number of at least 0") }
            return number.fraction(of: 1)
        }
    }
}
