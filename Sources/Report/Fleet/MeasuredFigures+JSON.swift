import Capacity
import Fleet
import Measure
import Record
import Units
import YAML

/// Reads what a plan takes from the files of records.
extension MeasuredCapacity {
    /// The capacity in a capacity.json. Throws where there is none to plan with; where the verdict is UNKNOWN, unless
    /// that is allowed.
    public init(capacityJSON bytes: [UInt8], allowsUnknown: Bool) throws(ParseError) {
        self.init()
        let root = try DataNode.read(bytes, kind: "capacity.json")
        let schema = root["schema"]?.text ?? ""
        guard schema == CapacityJSON.schema else {
            throw ParseError(
                "\(quoted(schema)) is not a schema that is known here; \(CapacityJSON.schema) is")
        }
        guard root["state"]?.text == "complete" else {
            throw ParseError("the search did not end, so it found no capacity; run it again")
        }
        let word = root["verdict"]?["word"]?.text ?? Verdict.unknown.rawValue
        if word == Verdict.unknown.rawValue, !allowsUnknown {
            let sentence = root["verdict"]?["sentence"]?.text ?? "no reason given"
            throw ParseError(
                "its verdict is UNKNOWN (\(sentence)); --allow-unknown plans with it all the same")
        }
        guard let capacity = root["capacity"] else { throw ParseError("it has no capacity") }
        guard let passed = (capacity["lower"]?.number ?? capacity["at_least"]?.number), passed > 0 else {
            let outcome = capacity["outcome"]?.text ?? "unknown"
            throw ParseError("it found no load that passed (\(outcome)), so there is nothing to plan with")
        }
        let failed = capacity["upper"]?.number
        let rate = capacity["requests_per_second"]?.number
        let isCPU = root["limited_by"]?.text == LimitedBy.targetCPU.rawValue
        if capacity["unit"]?.text == SearchGoal.Variable.users.rawValue {
            self.users = (passed, failed)
            self.requestsPerUser = capacity["requests_per_user"]?.number
        }
        if isCPU, let rate, rate > 0 { self.requests = (rate, failed.map { rate * $0 / passed }) }
        if self.users == nil, self.requests == nil {
            throw ParseError(
                "it searched a rate, and the processors did not end it: it says nothing of users")
        }
        let type = root["hardware"]?["instance_type"]?.text
        self.instanceType = type == "unknown" ? nil : type
    }
}

extension MeasuredTraffic {
    /// The bytes of an answer in a run.json, of the hold. Throws where it has none.
    public init(runJSON bytes: [UInt8]) throws(ParseError) {
        let root = try DataNode.read(bytes, kind: "run.json")
        let schema = root["schema"]?.text ?? ""
        guard schema == RunJSON.schema else {
            throw ParseError("\(quoted(schema)) is not a schema that is known here; \(RunJSON.schema) is")
        }
        guard let hold = root["hold"], let answers = hold["requests"]?["ok"]?.number, answers > 0,
            let received = hold["bytes"]?["received"], let body = received["body"]?.number,
            let socket = received["socket"]?.number
        else { throw ParseError("it has no answers in its hold, so it says nothing of their size") }
        self.init(body: Bytes(body / answers), overhead: Bytes(max(0, socket - body) / answers))
    }
}
