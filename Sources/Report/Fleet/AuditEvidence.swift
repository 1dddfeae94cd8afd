import Fleet
import Measure
import Record
import Units
import YAML

/// Reads what a record says about a claim: capacity.json of a search that assumed the claim's number, or run.json with
/// the objective that the claim names.
public enum AuditEvidence {
    /// The files of a record that are evidence, in the order in which they are looked for.
    public static let files = ["capacity.json", "run.json"]

    /// The evidence in a record's file. Throws for a file that is none, for a schema that is not known here, and for a
    /// measurement of another figure than the document states. What was measured at another pace or on other hardware
    /// than the claim asks for decides nothing, nor does a record that did not end or has no verdict.
    public static func read(
        _ bytes: [UInt8], for measurement: Claims.Measurement, of claims: Claims
    ) throws(ParseError) -> ClaimEvidence {
        let root = try DataNode.read(bytes, kind: "record")
        guard let schema = root["schema"]?.text else { throw ParseError("no member \"schema\": not a record") }
        guard let stated = claims.figure(of: measurement) else { throw ParseError("the claim states no number") }
        switch (schema, measurement.objective) {
        case (CapacityJSON.schema, nil): return try Self.search(root, stated, measurement)
        case (RunJSON.schema, let objective?): return try Self.run(root, objective, measurement)
        case (CapacityJSON.schema, let objective?):
            throw ParseError(
                "it is a search's record, and the claim needs a run with the objective \(quoted(objective))")
        case (RunJSON.schema, nil):
            throw ParseError(
                "it is a run's record; a claim without an `objective` needs a search: `headroom capacity` with "
                    + "`--assume \(Self.flag(stated.base))`")
        default:
            throw ParseError(
                "its schema is \(quoted(schema)), and \(CapacityJSON.schema) and \(RunJSON.schema) are read here: "
                    + "use the headroom that wrote it")
        }
    }

    private static func search(
        _ root: DataNode, _ stated: StatedFigure, _ measurement: Claims.Measurement
    ) throws(ParseError) -> ClaimEvidence {
        guard let assumption = root["assumption"], let assumed = assumption["value"]?.number else {
            if root["state"]?.text == RunState.complete.rawValue {
                throw ParseError("it assumes nothing: search with `--assume \(Self.flag(stated.base))`")
            }
            return Self.nothing("it did not end")
        }
        let capacity = root["capacity"]
        let unit = Self.clipped(capacity?["unit"]?.text) ?? "users"
        guard stated.isCounted(in: unit) else {
            throw ParseError("it counts \(unit), which is not what \(quoted(stated.text)) counts")
        }
        guard assumed == stated.base else {
            throw ParseError(
                "it assumes \(Self.text(assumed)), and the document states \(Self.text(stated.base)): search with "
                    + "`--assume \(Self.flag(stated.base))`")
        }
        // A search may have several paces; the one that the claim asks for decides.
        let frontier = root["frontier"]?.items ?? []
        let asked = measurement.pace.map(Self.pace)
        let answer = frontier.first { asked != nil && Self.pace($0["pace"]?.text ?? "") == asked } ?? capacity
        let pace = Self.clipped(answer?["pace"]?.text)
        let word = (frontier.isEmpty || asked == nil ? assumption : answer)?["verdict"]?.text
        if !MeasuredFigures.hasEnded(root) { return Self.nothing("it did not end") }
        if let doubt = MeasuredFigures.doubt(root) { return Self.nothing(doubt.text) }
        var sentence = "\(Self.text(assumed)) \(unit) are \(Self.clipped(word) ?? "not judged")"
        if let pace { sentence += " at \(pace)" }
        let (low, high) = (answer?["lower"]?.number, answer?["upper"]?.number)
        let least = answer?["at_least"]?.number
        switch (low, high, least) {
        case (let low?, let high?, _): sentence += ": \(Self.text(low)) to \(Self.text(high)) held"
        case (nil, let high?, _): sentence += ": fewer than \(Self.text(high)) held"
        case (let low?, nil, _), (nil, nil, let low?): sentence += ": at least \(Self.text(low)) held"
        case (nil, nil, nil): break
        }
        sentence += "; \(Self.hardware(root, assumption))."
        if let other = Self.otherwise(measurement, pace: pace, hardware: root["hardware"]?["instance_type"]?.text) {
            return ClaimEvidence(verdict: .undecided, sentence: "\(sentence) \(other)")
        }
        guard let verdict = word.flatMap(ClaimEvidence.Verdict.init(rawValue:)) else {
            throw ParseError("its assumption has no verdict that is known here")
        }
        return ClaimEvidence(verdict: verdict, low: low, high: high, sentence: sentence)
    }

    private static func nothing(_ why: String) -> ClaimEvidence {
        ClaimEvidence(verdict: .undecided, sentence: "The record decides nothing: \(why).")
    }

    /// Why what was measured says nothing of what the claim asks for; nil where it was measured as the claim asks.
    private static func otherwise(_ measurement: Claims.Measurement, pace: String?, hardware: String?) -> String? {
        var reasons: [String] = []
        if let asked = measurement.pace, pace.map(Self.pace) != Self.pace(asked) {
            reasons.append("the pace is \(pace ?? "not known"), not \(asked)")
        }
        if let asked = measurement.hardware, hardware != asked {
            let found = hardware == "unknown" ? nil : Self.clipped(hardware)
            reasons.append("the hardware is \(found ?? "not known"), not \(asked)")
        }
        return reasons.isEmpty ? nil : "That decides nothing here: \(reasons.joined(separator: ", and "))."
    }

    /// A pace as it can be compared: `every 1s` and `every 1000ms` are one, and every 0 is back to back.
    private static func pace(_ text: String) -> String {
        guard text.hasPrefix(Self.everyWord),
            let time = try? TimeSpan.parse(String(text.dropFirst(Self.everyWord.count)))
        else { return text == "every 0" ? "back to back" : text }
        return time == 0 ? "back to back" : Self.everyWord + TimeSpan.text(time)
    }

    private static let everyWord = "every "

    /// What was measured; a capacity is never carried over to other hardware in silence.
    private static func hardware(_ root: DataNode, _ assumption: DataNode) -> String {
        let known = ["instance_type", "description"].compactMap { Self.clipped(root["hardware"]?[$0]?.text) }
            .filter { $0 != "unknown" }
        let measured = known.isEmpty ? "measured on unknown hardware" : "measured on \(known.joined(separator: ", "))"
        guard let assumed = Self.clipped(assumption["instance_type"]?.text),
            assumed != root["hardware"]?["instance_type"]?.text
        else { return measured }
        return "\(measured), not on \(assumed)"
    }

    private static func run(
        _ root: DataNode, _ objective: String, _ measurement: Claims.Measurement
    ) throws(ParseError) -> ClaimEvidence {
        if !MeasuredFigures.hasEnded(root) { return Self.nothing("it did not end") }
        let outcomes = root["slo"]?.items ?? []
        func bare(_ text: String) -> String { text.filter { $0 != " " } }
        guard let outcome = outcomes.first(where: { bare($0["text"]?.text ?? "") == bare(objective) }) else {
            let known = outcomes.compactMap { Self.clipped($0["text"]?.text) }.prefix(Self.shown).joined(
                separator: ", ")
            throw ParseError("it has no objective \(quoted(objective)); it has: \(known.isEmpty ? "none" : known)")
        }
        let verdict: ClaimEvidence.Verdict
        switch outcome["verdict"]?.text {
        case "PASS": verdict = .supported
        case "FAIL": verdict = .refuted
        case "UNKNOWN": verdict = .undecided
        default: throw ParseError("its objective \(quoted(objective)) has no verdict that is known here")
        }
        if let doubt = MeasuredFigures.doubt(root) { return Self.nothing(doubt.text) }
        let why = Self.clipped(outcome["why"]?.text).map { ": \($0)" } ?? ""
        let measured = Self.measured(outcome).map { ", measured \($0)" } ?? ""
        let sentence = "\(objective) is \(verdict.rawValue)\(measured)\(Self.place(root))\(why)."
        let pace = Self.clipped(root["load"]?["pace"]?.text)
        if let other = Self.otherwise(measurement, pace: pace, hardware: nil) {
            return ClaimEvidence(verdict: .undecided, sentence: "\(sentence) \(other)")
        }
        return ClaimEvidence(verdict: verdict, sentence: sentence)
    }

    /// What an objective was held against, with its unit: "13.4 ms", "111 requests/s".
    private static func measured(_ outcome: DataNode) -> String? {
        guard let value = outcome["measured"]?.number, value.isFinite, value >= 0 else { return nil }
        let whole = UInt64(exactly: value.rounded()) ?? .max
        switch outcome["unit"]?.text {
        case "ns": return Quantity.duration(whole)
        case "fraction": return Quantity.percent(value)
        case "1/s": return "\(Quantity.rate(value)) requests/s"
        case "bit/s": return Quantity.bitsPerSecond(value)
        default: return Quantity.count(whole)
        }
    }

    /// Where a run was, for how long, and on what: " of http://127.0.0.1 in 60 s; hardware of the target not known".
    private static func place(_ root: DataNode) -> String {
        let target = Self.clipped(root["plan"]?["url"]?.text).map { " of \($0)" } ?? ""
        let time = root["hold"]?["duration"]?.number.flatMap { UInt64(exactly: $0) }
        let length = time.map { " in \(Quantity.planned($0))" } ?? ""
        return "\(target)\(length); a run does not name the target's hardware"
    }

    /// Objectives that an error names.
    private static let shown = 8

    /// As an option takes it.
    private static func flag(_ number: Double) -> String { UInt64(exactly: number).map { String($0) } ?? "\(number)" }

    private static func text(_ number: Double) -> String {
        UInt64(exactly: number).map { Quantity.count($0) } ?? Quantity.rate(max(0, number))
    }

    private static func clipped(_ text: String?) -> String? {
        text.map { String($0.prefix(MeasuredFigures.textLimit)) }
    }
}
