/// A step whose latencies are recorded apart.
public struct RecordedStep: Sendable, Equatable {
    /// Its place in the session, from 0.
    public var index: Int
    /// Its name, else method and path.
    public var title: String
    /// What stands after `for` in the objectives that are about it, each once; none where no objective is.
    public var words: [String]
}

extension Profile {
    /// Steps that may be recorded apart: each takes some hundred KB in each worker, as far as its values reach.
    public static let recordedStepsLimit = 64

    /// Steps that objectives name, by their place in the session, with the words that name them.
    var namedSteps: [Int: [String]] {
        var words: [Int: [String]] = [:]
        for slo in self.slo {
            guard let word = slo.step else { continue }
            for index in self.steps(of: slo) where words[index]?.contains(word) != true {
                words[index, default: []].append(word)
            }
        }
        return words
    }

    /// The steps that are recorded apart, in the order of the session: all of them, of a longer session those that
    /// objectives name and then the first ones. A session of one step is its step: that one only where it is named.
    public var recordedSteps: [RecordedStep] {
        let words = self.namedSteps
        var indices = Set(words.keys)
        if self.session.count > 1 {
            for index in self.session.indices where indices.count < Self.recordedStepsLimit { indices.insert(index) }
        }
        return indices.sorted().map { index in
            let step = self.session[index]
            return RecordedStep(
                index: index, title: step.name ?? "\(step.method) \(step.path)", words: words[index] ?? [])
        }
    }
}
