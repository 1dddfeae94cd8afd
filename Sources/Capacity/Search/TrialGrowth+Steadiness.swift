import Measure

extension TrialGrowth {
    /// The growth in a trial's hold. `isPlanned`: requests are due independently of the server; otherwise they wait for
    /// it, and only growth that shows counts. `isOpen`: sessions arrive; the sessions of held users are as many as the
    /// users.
    public init(_ steadiness: Steadiness?, seconds: Double, isPlanned: Bool, isOpen: Bool) {
        self = .none
        guard let steadiness else {
            // Less than a second proves nothing; how long would be enough is not known either.
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

    /// Longest request, in seconds.
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

    /// Student's quantile at 95 % for about ten seconds.
    private static let quantile = 1.8
    /// A trial that was too short becomes at least this many times as long.
    private static let atLeast = 1.5
}
