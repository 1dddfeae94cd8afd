import Measure

extension TrialGrowth {
    /// What a trial's hold showed. `isPlanned`: requests are due whatever the server does; others wait for it, and
    /// only what they show counts. `isOpen`: sessions arrive; those of held users are as many as there are users.
    public init(_ steadiness: Steadiness?, seconds: Double, isPlanned: Bool, isOpen: Bool) {
        self = .none
        guard let steadiness else {
            // Less than a second says nothing; how long would be enough is not known, either.
            if isPlanned { self = .tooShort(needed: 0) }
            return
        }
        if let sentence = steadiness.sentence {
            self = .growing(sentence)
            return
        }
        guard isPlanned else { return }
        let trends = isOpen ? [steadiness.inFlight, steadiness.inSession] : [steadiness.inFlight]
        let short = trends.filter { $0.word == .tooShort }
        guard !short.isEmpty else { return }
        let needed = short.map { $0.needed(seconds: seconds) }.max() ?? 0
        self = .tooShort(needed: UInt64(min(max(0, needed), Self.longest) * 1e9))
    }

    /// Seconds; more is not asked for.
    private static let longest = 86_400.0
}

extension Steadiness.Trend {
    /// Seconds after which a level that does not grow would be known not to: the error falls with the root of time.
    func needed(seconds: Double) -> Double {
        let rate = Double(self.begun) / max(seconds, 1e-9)
        guard rate > 0 else { return seconds * 2 }
        let times = Self.quantile * self.error / (Self.tolerance * rate)
        return max(seconds * Self.atLeast, seconds * times * times)
    }

    /// Student's at 95 % with some ten seconds.
    private static let quantile = 1.8
    /// One that was too short is made so much longer at least.
    private static let atLeast = 1.5
}
