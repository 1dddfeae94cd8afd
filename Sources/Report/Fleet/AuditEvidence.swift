import Fleet
import Record
import Units
import YAML

/// Reads what a record says about a claim: capacity.json of a search that assumed the claim's number, or run.json with
/// the objective that the claim names.
public enum AuditEvidence {
    /// The files of a record that are evidence, in the order in which they are looked for.
    public static let files = ["capacity.json", "run.json"]

    private static let capacitySchema = "headroom.capacity/1"
    private static let runSchema = "headroom.run/1"
    /// Most characters of a text from a record.
    private static let textLimit = 200

    /// The evidence in a record's file. Throws for a file that is none, for a schema that is not known here, and for a
    /// measurement of another number than the document states.
    public static func read(
        _ bytes: [UInt8], for measurement: Claims.Measurement, of claims: Claims
    ) throws(ParseError) -> ClaimEvidence {
        let root = try DataNode.read(bytes, kind: "record")
        guard let schema = root["schema"]?.text else { throw ParseError("no member \"schema\": not a record") }
        guard let stated = claims.number(of: measurement) else { throw ParseError("the claim states no number") }
        switch (schema, measurement.objective) {
        case (Self.capacitySchema, nil): return try Self.search(root, stated)
        case (Self.runSchema, let objective?): return try Self.run(root, objective)
        case (Self.capacitySchema, let objective?):
            throw ParseError(
                "it is a search's record, and the claim needs a run with the objective \(quoted(objective))")
        case (Self.runSchema, nil):
            throw ParseError(
                "it is a run's record; a claim without an `objective` needs a search: `headroom capacity` with "
                    + "`--assume \(Self.flag(stated))`")
        default:
            throw ParseError(
                "its schema is \(quoted(schema)), and \(Self.capacitySchema) and \(Self.runSchema) are read here: "
                    + "use the headroom that wrote it")
        }
    }

    private static func search(_ root: DataNode, _ stated: Double) throws(ParseError) -> ClaimEvidence {
        guard root["state"]?.text != "running" else {
            return ClaimEvidence(verdict: .undecided, sentence: "The search goes on, or was cut off.")
        }
        guard let assumption = root["assumption"], let assumed = assumption["value"]?.number else {
            throw ParseError("it assumes nothing: search with `--assume \(Self.flag(stated))`")
        }
        guard assumed == stated else {
            throw ParseError(
                "it assumes \(Self.text(assumed)), and the document states \(Self.text(stated)): search with "
                    + "`--assume \(Self.flag(stated))`")
        }
        guard let word = assumption["verdict"]?.text, let verdict = ClaimEvidence.Verdict(rawValue: word) else {
            throw ParseError("its assumption has no verdict that is known here")
        }
        let capacity = root["capacity"]
        let (low, high) = (capacity?["lower"]?.number, capacity?["upper"]?.number)
        let unit = Self.clipped(capacity?["unit"]?.text) ?? "users"
        var sentence = "\(Self.text(assumed)) \(unit) are \(word)"
        if let pace = Self.clipped(capacity?["pace"]?.text) { sentence += " at \(pace)" }
        if let low, let high {
            sentence += ": \(Self.text(low)) to \(Self.text(high)) held"
        } else if let least = capacity?["at_least"]?.number {
            sentence += ": at least \(Self.text(least)) held"
        }
        sentence += "; \(Self.hardware(root, assumption))."
        return ClaimEvidence(verdict: verdict, low: low, high: high, sentence: sentence)
    }

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

    private static func run(_ root: DataNode, _ objective: String) throws(ParseError) -> ClaimEvidence {
        guard root["state"]?.text != "running" else {
            return ClaimEvidence(verdict: .undecided, sentence: "The run goes on, or was cut off.")
        }
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
        let why = Self.clipped(outcome["why"]?.text).map { ": \($0)" } ?? ""
        let unit = Self.clipped(outcome["unit"]?.text).map { " \($0)" } ?? ""
        let measured = outcome["measured"]?.number.map { ", measured \(Self.text($0))\(unit)" } ?? ""
        return ClaimEvidence(verdict: verdict, sentence: "\(objective) is \(verdict.rawValue)\(measured)\(why).")
    }

    /// Objectives that an error names.
    private static let shown = 8

    /// As an option takes it.
    private static func flag(_ number: Double) -> String { UInt64(exactly: number).map { String($0) } ?? "\(number)" }

    private static func text(_ number: Double) -> String {
        UInt64(exactly: number).map { Quantity.count($0) } ?? "\(number)"
    }

    private static func clipped(_ text: String?) -> String? { text.map { String($0.prefix(Self.textLimit)) } }
}
