import Glibc

extension Exceedance {
    /// Chance below which a share above what is allowed is not put down to luck.
    static let luck = 0.05
    /// With so many expected beyond, the share is what it is: the same ten that a percentile needs to be told.
    static let expectedForShare = 10.0

    /// All that were judged, and those beyond the limit.
    public var total: Batch {
        self.batches.reduce(into: Batch(count: 0, beyond: 0)) { sum, batch in
            sum.count &+= batch.count
            sum.beyond &+= batch.beyond
        }
    }

    /// Whether the trial kept to the allowed share. A small load has few samples, and one slow answer among twenty is
    /// no 5 % of all: while fewer than ten would be expected beyond at the allowed share, a trial fails only where so
    /// many beyond have a chance of less than 5 % (Poisson). Nothing judged fails nothing.
    public var isMet: Bool {
        let total = self.total
        if total.count == 0 { return true }
        let expected = self.allowed * Double(total.count)
        if Double(total.beyond) < expected { return true }
        if expected >= Self.expectedForShare { return false }
        return Self.chance(ofAtLeast: total.beyond, expected: expected) >= Self.luck
    }

    /// Poisson: 1 - sum of e^-λ λ^k / k! for k below `count`.
    static func chance(ofAtLeast count: UInt64, expected: Double) -> Double {
        // Far beyond the mean the chance is nothing, and the sum needs no more terms.
        if Double(count) > 10 * (expected + Self.expectedForShare) { return 0 }
        var term = exp(-expected)
        var below = 0.0
        for index in 0..<count {
            below += term
            term *= expected / Double(index + 1)
        }
        return max(0, 1 - below)
    }
}
