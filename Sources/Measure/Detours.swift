/// What became of requests beside their answers: those that were sent again, answers that point elsewhere, and where
/// all of them went.
public struct Detours: Sendable, Equatable {
    /// Of whole runs.
    public var counters: Counters
    /// The first of each cause.
    public var resentExamples: [ResentExample]
    /// The first redirect that no `expect` asked for; nil where there was none.
    public var redirectExample: RedirectExample?
    /// Empty where that is not known.
    public var addresses: [AddressCount]

    /// Of a run.
    public init(
        counters: Counters = Counters(), resentExamples: [ResentExample] = [], redirectExample: RedirectExample? = nil,
        addresses: [AddressCount] = []
    ) {
        self.counters = counters
        self.resentExamples = resentExamples
        self.redirectExample = redirectExample
        self.addresses = addresses
    }

    /// Those of several runs, with the first examples.
    public static func sum(_ runs: [Detours]) -> Detours {
        var sum = Detours(addresses: AddressCount.sum(runs.map(\.addresses)))
        for run in runs {
            sum.counters.add(run.counters)
            for example in run.resentExamples where !sum.resentExamples.contains(where: { $0.cause == example.cause }) {
                sum.resentExamples.append(example)
            }
            sum.redirectExample = sum.redirectExample ?? run.redirectExample
        }
        return sum
    }
}

extension RunRecord {
    /// Of the whole run.
    public var detours: Detours {
        Detours(
            counters: self.total, resentExamples: self.outcome.resentExamples,
            redirectExample: self.outcome.redirectExample,
            addresses: self.outcome.addresses)
    }
}
