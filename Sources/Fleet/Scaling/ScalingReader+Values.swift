import Units
import YAML

/// Values of the two mappings. Each returns nil after it has reported an error.
extension ScalingReader {
    /// Servers of a queue: at least one.
    mutating func servers(_ node: YAMLNode, at path: String) -> Int? {
        self.word(node, at: path, "this is a number of servers, such as 8") { text throws(ParseError) in
            let count = try Count.parsePositive(text)
            guard let servers = Int(exactly: count), servers <= ErlangC.serversLimit else {
                let most = Quantity.count(UInt64(ErlangC.serversLimit))
                throw ParseError("\(quoted(text)) is more than \(most) servers, the most here")
            }
            return servers
        }
    }

    /// A number of instances, 0 included.
    mutating func instances(_ node: YAMLNode, at path: String) -> Int? {
        self.word(node, at: path, "this is a number of instances, such as 1250") { text throws(ParseError) in
            let count = try Count.parse(text)
            guard let instances = Int(exactly: count), instances <= ScalingLimit.instances else {
                throw ParseError("\(quoted(text)) is more than \(ScalingLimit.instancesText), the most here")
            }
            return instances
        }
    }

    /// A time, 0 included, of at most `limit`.
    mutating func length(_ node: YAMLNode, at path: String, limit: Duration = ScalingLimit.time) -> Duration? {
        guard let nanoseconds = self.time(node, at: path) else { return nil }
        let length = Duration.nanoseconds(Int64(clamping: nanoseconds))
        guard length <= limit else {
            let text = TimeSpan.text(UInt64(max(0, limit.seconds)) * 1_000_000_000)
            self.refuse(path, node, "longer than \(text), the most here")
            return nil
        }
        return length
    }

    /// A time of the day.
    mutating func clock(_ node: YAMLNode, at path: String) -> ClockTime? {
        self.word(node, at: path, "this is a time of the day, such as 06:00") { text throws(ParseError) in
            try ClockTime.parse(text)
        }
    }

    /// The policies: a list of words.
    mutating func policies(_ node: YAMLNode, at path: String) -> [ScalingPolicy.Kind]? {
        guard let items = self.list(node, at: path, example: "policies: [step, target_tracking]") else { return nil }
        guard (1...ScalingPolicy.Kind.allCases.count).contains(items.count) else {
            self.refuse(path, node, "name 1 to \(ScalingPolicy.Kind.allCases.count) policies")
            return nil
        }
        var kinds: [ScalingPolicy.Kind] = []
        for (index, item) in items.enumerated() {
            guard let kind = self.choice(item, at: "\(path)[\(index)]", of: ScalingPolicy.Kind.self) else { continue }
            if kinds.contains(kind) {
                self.report(
                    item, "\(path)[\(index)]: \(quoted(kind.rawValue)) stands here a second time; keep one of them")
            }
            kinds.append(kind)
        }
        return kinds
    }

    /// The scheduled actions: a list of mappings.
    mutating func schedule(_ node: YAMLNode, at path: String) -> [ScheduledAction]? {
        guard let items = self.list(node, at: path, example: "schedule: [{at: \"06:00\", instances: 8000}]") else {
            return nil
        }
        guard (1...ScalingLimit.actions).contains(items.count) else {
            self.refuse(path, node, "\(items.count) actions; write 1 to \(ScalingLimit.actions), AWS's quota")
            return nil
        }
        var actions: [ScheduledAction] = []
        for (index, item) in items.enumerated() {
            let path = "\(path)[\(index)]"
            self.note(path, item)
            var draft = Draft()
            guard let fields = self.readMapping(.action, item, at: path, into: &draft) else { continue }
            _ = self.required("at", fields, "write a time of the day, such as `at: \"06:00\"`")
            _ = self.required("instances", fields, "write how many, such as `instances: 8000`")
            actions.append(draft.action)
        }
        return actions
    }

    /// What a step policy adds or removes: one amount, or a list of them by metric. `bound`: `above` or `below`.
    mutating func amounts(_ node: YAMLNode, at path: String, bound: ScalingKey.Mapping) -> Amounts? {
        guard case .sequence(let items) = node.content else {
            guard let amount = self.amount(node, at: path) else { return nil }
            return Amounts(items: [Amounts.Item(beyond: nil, amount: amount.value)], isPercent: amount.isPercent)
        }
        // One is needed for the gap next to the threshold.
        let limit = StepScaling.adjustmentsLimit - 1
        guard (1...limit).contains(items.count) else {
            self.refuse(path, node, "\(items.count) steps; write 1 to \(limit)")
            return nil
        }
        let word = bound == .above ? "above" : "below"
        var amounts = Amounts(items: [], isPercent: true)
        for (index, item) in items.enumerated() {
            let path = "\(path)[\(index)]"
            self.note(path, item)
            var draft = Draft()
            guard let fields = self.readMapping(bound, item, at: path, into: &draft) else { return nil }
            guard self.required(word, fields, "write the metric from which on, such as `\(word): 70%`") != nil,
                self.required("by", fields, "write how much, such as `by: 10%`") != nil
            else { return nil }
            if index > 0, draft.isItemPercent != amounts.isPercent {
                self.refuse(path, item, "all steps are percentages, or all are numbers of instances")
                return nil
            }
            if let last = amounts.items.last?.beyond, let beyond = draft.item.beyond {
                guard bound == .above ? beyond > last : beyond < last else {
                    self.refuse(path, item, "the steps go outward: each is \(word) the one before")
                    return nil
                }
            }
            amounts.isPercent = draft.isItemPercent
            amounts.items.append(draft.item)
        }
        return amounts
    }

    /// `10%`, or a number of instances.
    mutating func amount(_ node: YAMLNode, at path: String) -> (value: Double, isPercent: Bool)? {
        self.word(node, at: path, "this is a share of the instances, such as 10%, or a number of them") {
            text throws(ParseError) in
            if text.hasSuffix("%") { return (try Percentage.parse(text) * 100, true) }
            let count = try Count.parse(text)
            guard count <= UInt64(ScalingLimit.instances) else {
                throw ParseError("\(quoted(text)) is more than \(ScalingLimit.instancesText), the most here")
            }
            return (Double(count), false)
        }
    }

    /// How an instance queues.
    mutating func service(_ node: YAMLNode, at path: String) -> ServiceQueue? {
        var draft = Draft()
        let before = self.errors.count
        guard let fields = self.readMapping(.service, node, at: path, into: &draft) else { return nil }
        for (key, advice) in [
            ("time", "write how long one request takes, such as `time: 20ms`"),
            ("servers", "write how many it works on at once, such as `servers: 8`"),
            ("every", "write the time between two requests of a user, such as `every: 43.2s`"),
        ] { _ = self.required(key, fields, advice) }
        return self.errors.count == before ? draft.service : nil
    }
}
