import Judge
import Measure
import Report
import Units
import Workload
import YAML

/// The content of run.json: the plan and the conditions, and for a complete run what no other file holds.
struct StoredRun {
    var state: RunState
    var plan: RunPlan
    /// The objectives that it was judged by.
    var objectives: [SLO]
    var conditions: [(key: String, value: Condition)]
    var stamp: RunStamp
    var stopReason: String?
    var longestSilence: UInt64?
    var connectionsAdopted: UInt64?
    var longestPause: UInt64?
    var heldAfter: UInt64?
    var neverStartedIsBound: Bool
    var cpuSeconds: Double?
    var peakResidentBytes: UInt64?
    var health: GeneratorHealth?
    var probe: ProbeResult?
    var target: TargetUsage?
    var isAborted: Bool
    var signal: Int32?
    var strain: Strain?
    var redirectExample: RedirectExample?
    var addresses: [AddressCount]
    /// For a union: its records, and what its interleaved rows do not show.
    var mergedFrom: [String]
    var merged: MergeReading?
    var union: Union?

    /// The figures of a union from when it was made.
    struct Union {
        var holdDuration: UInt64
        var duration: UInt64
        var established: UInt64
        var settleShortfall: UInt64
        var settled: Settled
        var usersHeld: Held
        var connectionsHeld: Held
        var requestsInFlight: UInt64
        var steadiness: Steadiness?
        /// The results of objectives over windows, by their texts.
        var windows: [String: SLOOutcome.Windows]
        var pauses: OwnPauses
    }

    /// Reads the bytes of a run.json. Throws what is wrong with them.
    init(_ bytes: [UInt8]) throws(ParseError) {
        let root = try DataNode.read(bytes, kind: "record")
        guard let schema = root["schema"]?.text else { throw ParseError("no member \"schema\": not a record") }
        guard schema == RunJSON.schema else {
            throw ParseError(
                "its schema is \(JSONText.quoted(schema)), and \(RunJSON.schema) is what is read here: use the "
                    + "headroom that wrote it")
        }
        guard let state = root["state"]?.text.flatMap(RunState.init) else {
            throw ParseError("\"state\" is none of running, complete, interrupted, partial")
        }
        self.state = state
        self.plan = try Self.plan(root)
        self.objectives = try Self.objectives(root)
        self.conditions = Self.conditions(root)
        self.stamp = RunStamp(root)
        self.stopReason = root["stop_reason"]?.text
        self.longestSilence = root["connections"]?["longest_silence"]?.integer
        self.connectionsAdopted = root["connections"]?["kept"]?.integer
        self.heldAfter = root["users"]?["held_after"]?.integer
        self.neverStartedIsBound = root["requests"]?["never_started_is_lower_bound"]?.boolean ?? false
        self.longestPause = root["connections"]?["longest_pause"]?.integer
        self.cpuSeconds = root["client"]?["cpu_seconds"]?.number
        self.peakResidentBytes = root["client"]?["peak_resident_bytes"]?.integer
        self.health = GeneratorHealth(root["client"])
        self.probe = ProbeResult(root["probe"])
        self.target = TargetUsage(root["target"])
        self.isAborted = root["aborted"]?.boolean ?? false
        self.signal = root["signal"]?.integer.map { Int32(clamping: $0) }
        self.strain = Strain(root["strain"])
        self.redirectExample = Self.redirectExample(root["redirects"]?["example"])
        self.addresses = Self.addresses(root["addresses"]?.items ?? [])
        self.mergedFrom = root["merged_from"]?.items?.compactMap(\.text) ?? []
        self.merged = MergeReading(root["merged_as"])
        self.union = self.mergedFrom.isEmpty ? nil : try Union(root)
    }

    /// Nil where there was none, as in records of older versions.
    private static func redirectExample(_ node: DataNode?) -> RedirectExample? {
        guard let node, let status = node["status"]?.integer, let request = node["request"]?.text else { return nil }
        return RedirectExample(
            status: UInt16(clamping: status), request: StoredExamples.plain(request),
            location: node["location"]?.text.map(StoredExamples.plain))
    }

    /// A name has no more addresses than a run takes; a union has not many times that.
    private static let addressLimit = 4_096

    /// What each address got; empty if it is not known.
    private static func addresses(_ items: [DataNode]) -> [AddressCount] {
        items.prefix(Self.addressLimit).compactMap { item in
            guard let address = item["address"]?.text, let connections = item["connections"]?.integer,
                let requests = item["requests"]?.integer
            else { return nil }
            return AddressCount(
                address: TerminalText.sanitised(address), connections: connections,
                failed: item["failed"]?.integer ?? 0, requests: requests)
        }
    }

    /// No union has as many records.
    private static let seedsLimit = 65_536

    private static func plan(_ root: DataNode) throws(ParseError) -> RunPlan {
        let load = try Self.member("load", of: root)
        let plan = try Self.member("plan", of: root)
        var read = RunPlan(
            name: try Self.text("name", of: plan), url: try Self.text("url", of: plan),
            session: try Self.text("session", of: plan),
            requestsPerSession: try Self.integer("requests_per_session", of: plan),
            model: try Self.text("model", of: load), pace: try Self.text("pace", of: load),
            connection: try Self.text("connection", of: load),
            usersAsked: try Self.integer("users", of: plan),
            threads: Int(clamping: try Self.integer("threads", of: plan)),
            ramp: try Self.integer("ramp", of: plan), warmup: try Self.integer("warmup", of: plan),
            hold: plan["hold"]?.integer, sessions: plan["sessions"]?.integer,
            seed: try Self.integer("seed", of: plan), tick: load["tick"]?.integer ?? 0)
        read.warmupIsAuto = plan["warmup_auto"]?.boolean ?? false
        read.isStrict = plan["strict"]?.boolean ?? false
        read.steps = try Self.steps(plan)
        read.streams = Int(clamping: load["streams"]?.integer ?? 0)
        read.burst = plan["burst"]?.number ?? 0
        read.seeds = plan["seeds"]?.items?.prefix(Self.seedsLimit).compactMap(\.integer) ?? []
        return read
    }

    /// The steps that were recorded apart; empty if the member is missing.
    private static func steps(_ plan: DataNode) throws(ParseError) -> [RunPlan.Step] {
        guard let node = plan["steps"] else { return [] }
        guard let items = node.items, items.count <= Profile.recordedStepsLimit else {
            throw ParseError("line \(node.line): \"steps\" is no list of at most \(Profile.recordedStepsLimit)")
        }
        var steps: [RunPlan.Step] = []
        for item in items {
            let number = try Self.integer("number", of: item)
            guard (1...UInt64(Profile.stepsLimit)).contains(number), number > steps.last?.number ?? 0 else {
                throw ParseError("line \(item.line): \"steps\" are in the order of their numbers, from 1")
            }
            steps.append(
                RunPlan.Step(
                    number: Int(number), title: try Self.text("title", of: item),
                    words: item["words"]?.items?.compactMap(\.text) ?? []))
        }
        return steps
    }

    /// The objectives that the run was judged by, including those that always applied when it was made.
    private static func objectives(_ root: DataNode) throws(ParseError) -> [SLO] {
        guard let items = root["slo"]?.items, items.count <= SLO.countLimit + Self.ownObjectivesLimit else {
            throw ParseError("\"slo\" is no list of objectives")
        }
        var objectives: [SLO] = []
        for item in items {
            guard let text = item["text"]?.text else {
                throw ParseError("line \(item.line): an objective without a text")
            }
            // Objectives that always apply are judged again from the counts.
            let own = RunSummary.ownObjectiveTexts
            if [own.neverStarted, own.sessions, own.answered].contains(text) { continue }
            objectives.append(try SLO.parse(text))
        }
        return objectives
    }

    /// Objectives that apply without being given: errors, resent, held, connections, never started, sessions, answered.
    private static let ownObjectivesLimit = 7

    /// Values of a kind that headroom does not write are skipped.
    private static func conditions(_ root: DataNode) -> [(key: String, value: Condition)] {
        (root["conditions"]?.members ?? []).compactMap { key, node in
            if let text = node.text { return (key, .text(text)) }
            if let integer = node.integer { return (key, .number(integer)) }
            return node.items.map { (key, .list($0.compactMap(\.text))) }
        }
    }

    fileprivate static func member(_ name: String, of node: DataNode) throws(ParseError) -> DataNode {
        guard let member = node[name] else { throw ParseError("line \(node.line): no member \"\(name)\"") }
        return member
    }

    fileprivate static func text(_ name: String, of node: DataNode) throws(ParseError) -> String {
        guard let text = try Self.member(name, of: node).text else {
            throw ParseError("line \(node.line): \"\(name)\" is no text")
        }
        return text
    }

    fileprivate static func integer(_ name: String, of node: DataNode) throws(ParseError) -> UInt64 {
        guard let integer = try Self.member(name, of: node).integer else {
            throw ParseError("line \(node.line): \"\(name)\" is no whole number")
        }
        return integer
    }
}

extension RunStamp {
    /// Reads it from the root of a run.json. A value that is missing, or is more than any run has, counts as unknown.
    init(_ root: DataNode) {
        self.init(
            start: root["wall_clock"]?["start"]?.integer, end: root["wall_clock"]?["end"]?.integer,
            commandLine: root["command_line"]?.items?.prefix(Self.wordsLimit).compactMap(\.text) ?? [],
            labels: (root["labels"]?.members ?? []).prefix(Self.labelsLimit).compactMap { key, node in
                node.text.map { Label(key: key, value: $0) }
            })
    }

    /// Most words of a command line that are kept.
    static let wordsLimit = 1_024
}

extension MergeReading {
    /// Reads it from a run.json; nil if it is missing.
    init?(_ node: DataNode?) {
        guard let node, let word = node["reading"]?.text, let isGiven = node["given"]?.boolean else { return nil }
        self.init(
            isTogether: true, isGiven: isGiven,
            notes: (node["notes"]?.items ?? []).prefix(Self.notesLimit).compactMap(\.text))
        self.isTogether = word == self.word
    }
}

extension StoredRun.Union {
    /// Reads it from the root of a run.json.
    init(_ root: DataNode) throws(ParseError) {
        let hold = try StoredRun.member("hold", of: root)
        let users = try StoredRun.member("users", of: root)
        let connections = try StoredRun.member("connections", of: root)
        self.holdDuration = try StoredRun.integer("duration", of: hold)
        self.duration = try StoredRun.integer("duration", of: root)
        self.established = try StoredRun.integer("established", of: users)
        self.settleShortfall = try StoredRun.integer("unanswered_after_settle", of: users)
        // Older records have no such member.
        let settled = users["settled"]?.text
        self.settled = Settled.allCases.first { $0.name == settled } ?? .unknown
        self.usersHeld = try Self.held(users, over: self.holdDuration)
        self.connectionsHeld = try Self.held(connections, over: self.holdDuration)
        let requests = try StoredRun.member("requests", of: root)
        self.requestsInFlight = try StoredRun.integer("in_flight_at_end", of: requests)
        self.steadiness = root["steadiness"].flatMap(Steadiness.init)
        self.windows = Self.windows(root)
        self.pauses = OwnPauses(root["own_pauses"])
    }

    private static func windows(_ root: DataNode) -> [String: SLOOutcome.Windows] {
        var windows: [String: SLOOutcome.Windows] = [:]
        for item in root["slo"]?.items ?? [] {
            guard let text = item["text"]?.text, let tally = item["windows"],
                let held = tally["held"]?.integer, let count = tally["count"]?.integer, held <= count
            else { continue }
            // In older records a window held or did not.
            let failed = tally["failed"]?.integer ?? count - held
            windows[text] = SLOOutcome.Windows(held: held, failed: min(failed, count - held), count: count)
        }
        return windows
    }

    private static func held(_ parent: DataNode, over duration: UInt64) throws(ParseError) -> Held {
        let held = try StoredRun.member("held", of: parent)
        guard let mean = held["mean"]?.number, mean >= 0 else {
            throw ParseError("line \(held.line): \"mean\" is no number")
        }
        // Only the mean is used again, and it must not be rounded: a duration of one nanosecond keeps it as it is.
        return Held(
            lowest: try StoredRun.integer("lowest", of: held),
            highest: try StoredRun.integer("highest", of: held), area: mean, duration: duration == 0 ? 0 : 1)
    }
}

/// Text from a file in a message.
enum JSONText {
    /// Most characters that are shown.
    private static let limit = 60

    /// The text in quotes, cut, and without anything that a terminal would interpret.
    static func quoted(_ text: String) -> String {
        "\"\(TerminalText.sanitised(String(text.prefix(Self.limit))))\""
    }
}
