extension SLO {
    /// In how many windows an objective held, of how many. All that is kept of them, however long a run is.
    public struct WindowTally: Sendable, Equatable {
        /// Windows in which it held.
        public var held: UInt64
        /// Windows that were judged.
        public var count: UInt64

        /// Known numbers; no window yet where none are given.
        public init(held: UInt64 = 0, count: UInt64 = 0) {
            self.held = held
            self.count = count
        }

        /// Adds the next window, by what was measured in it. One without a sample is one in which the objective
        /// did not hold.
        public mutating func add(_ window: Evidence, of slo: SLO) {
            self.count &+= 1
            if slo.plain(window).met { self.held &+= 1 }
        }

        /// Adds the windows of another run.
        public mutating func add(_ other: WindowTally) {
            self.held &+= other.held
            self.count &+= other.count
        }
    }

    /// Judges an objective over windows by all of them; what was measured is the share in which it held. Not met
    /// without a window, nor where it is about none.
    public func judge(_ tally: WindowTally) -> Verdict {
        guard let asked = self.windows else { return self.verdict(false, nil) }
        guard tally.count > 0 else {
            return Verdict(text: self.text, met: false, measured: nil, windows: tally)
        }
        let (held, count) = (Double(tally.held), Double(tally.count))
        // 99 of 100 are 99%, whatever binary fractions say.
        let isMet = held + 1e-9 * count >= asked.share * count
        return Verdict(text: self.text, met: isMet, measured: .fraction(held / count), windows: tally)
    }
}
