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
        try self.init(capacity: DataNode.read(bytes, kind: "capacity.json"), allowsUnknown: allowsUnknown)
    }

    fileprivate init(capacity root: DataNode, allowsUnknown: Bool) throws(ParseError) {
        self.init()
        self.doubt = try MeasuredFigures.check(root, schema: CapacityJSON.schema, allowsUnknown: allowsUnknown)
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
    /// The bytes of an answer in a run.json, of the hold, failed answers included. Throws where it has none, where the
    /// run did not end, and where its verdict is UNKNOWN, unless that is allowed.
    public init(runJSON bytes: [UInt8], allowsUnknown: Bool) throws(ParseError) {
        try self.init(run: DataNode.read(bytes, kind: "run.json"), allowsUnknown: allowsUnknown)
    }

    fileprivate init(run root: DataNode, allowsUnknown: Bool) throws(ParseError) {
        let doubt = try MeasuredFigures.check(root, schema: RunJSON.schema, allowsUnknown: allowsUnknown)
        guard let hold = root["hold"], let received = hold["bytes"]?["received"],
            let body = received["body"]?.number, let socket = received["socket"]?.number
        else { throw ParseError("it has no bytes of a hold") }
        let answers = (hold["status"]?.members ?? []).compactMap(\.value.number).reduce(0, +)
        guard answers > 0 else {
            throw ParseError("nothing was answered in its hold, so it says nothing of answers")
        }
        self.init(body: Bytes(body / answers), overhead: Bytes(max(0, socket - body) / answers), doubt: doubt)
    }
}

/// What the files of records have in common.
public enum MeasuredFigures {
    /// Reads a capacity.json or a run.json, as its schema says, into a deployment.
    public static func take(
        _ bytes: [UInt8], allowsUnknown: Bool, into deployment: inout Deployment
    ) throws(ParseError) {
        let root = try DataNode.read(bytes, kind: "record")
        if root["schema"]?.text == RunJSON.schema {
            deployment.take(try MeasuredTraffic(run: root, allowsUnknown: allowsUnknown))
        } else {
            deployment.take(try MeasuredCapacity(capacity: root, allowsUnknown: allowsUnknown))
        }
    }

    /// What makes a record doubtful; nil for one with a verdict. Throws for another schema, for a file that is not
    /// whole, and for a doubtful record, unless that is allowed.
    static func check(_ root: DataNode, schema: String, allowsUnknown: Bool) throws(ParseError) -> RecordDoubt? {
        let found = root["schema"]?.text ?? ""
        guard found == schema else {
            throw ParseError("\(quoted(found)) is not a schema that is known here; \(schema) is")
        }
        guard Self.hasEnded(root) else { throw ParseError("it did not end, so it says nothing; run it again") }
        guard let doubt = Self.doubt(root) else { return nil }
        if !allowsUnknown { throw ParseError("\(doubt.text); --allow-unknown plans with it all the same") }
        return doubt
    }

    /// It was not interrupted, and does not go on.
    static func hasEnded(_ root: DataNode) -> Bool { root["state"]?.text == RunState.complete.rawValue }

    /// Nil for a record with a verdict.
    static func doubt(_ root: DataNode) -> RecordDoubt? {
        guard let word = root["verdict"]?["word"]?.text else { return .unjudged }
        guard word == Verdict.unknown.rawValue else { return nil }
        return .unknown(String((root["verdict"]?["sentence"]?.text ?? "no reason given").prefix(Self.textLimit)))
    }

    /// Most characters of a text from a record.
    static let textLimit = 200
}

extension RecordDoubt {
    /// In an error and in evidence.
    var text: String {
        switch self {
        case .unknown(let why): "its verdict is UNKNOWN (\(why))"
        case .unjudged: "it has no verdict"
        }
    }
}
