import Measure
import Report
import Workload
import YAML

extension Steadiness {
    /// Reads `steadiness` of run.json; nil if headroom does not write such a value.
    init?(_ node: DataNode) {
        guard let inFlight = node["in_flight"].flatMap(Trend.init),
            let inSession = node["in_session"].flatMap(Trend.init)
        else { return nil }
        self.init(inFlight: inFlight, inSession: inSession)
    }
}

extension Steadiness.Trend {
    fileprivate init?(_ node: DataNode) {
        guard let word = node["word"]?.text.flatMap(Steadiness.Word.init), let begin = node["begin"]?.integer,
            let end = node["end"]?.integer, let begun = node["begun"]?.integer,
            let perSecond = node["per_second"]?.number, let error = node["error"]?.number
        else { return nil }
        self.init(begin: begin, end: end, begun: begun, perSecond: perSecond, error: error, word: word)
    }
}
