import Glibc

extension Exceedance {
    /// An excess over the allowed share counts as luck unless its chance is below this.
    static let luck = 0.05
    /// With so many expected beyond, the share is taken as it is: the same ten that a reported percentile needs.
    static let expectedForShare = 10.0

    /// All samples, and those beyond the limit.
    public var total: Batch {
        self.batches.reduce(into: Batch(count: 0, beyond: 0)) { sum, batch in
            sum.count &+= batch.count
            sum.beyond &+= batch.beyond
        }
    }

    /// Whether the trial kept to the allowed share. A small load has few samples, and one slow answer among twenty does
    /// not prove a share of 5 %. So while fewer than ten would be expected beyond at the allowed share, a trial fails
    /// only if the chance of so many beyond is less than 5 % (Poisson). Without samples nothing fails.
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
        // Far above the mean the chance is 0, and the sum needs no more terms.
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
