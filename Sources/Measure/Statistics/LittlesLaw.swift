/// Little's law, L = λW, as a check of the accounting: requests in flight, counted by one piece of code, against
/// the times that another one recorded.
public struct LittlesLaw: Sendable, Equatable {
    /// The integral of the requests in flight over the window, in requests × nanoseconds.
    public var inFlightArea: Double
    /// The sum of the residence times (service times) of what completed in the window, in nanoseconds.
    public var residenceSum: Double
    /// Requests that completed in the window.
    public var completions: UInt64
    /// Requests in flight when it began and when it ended: their times lie in it only in part.
    public var inFlightAtStart: UInt64
    public var inFlightAtEnd: UInt64

    /// Agreement that the accounting reaches without edges.
    public static let tolerance = 0.005

    /// A check with every value given.
    public init(
        inFlightArea: Double, residenceSum: Double, completions: UInt64, inFlightAtStart: UInt64,
        inFlightAtEnd: UInt64
    ) {
        self.inFlightArea = inFlightArea
        self.residenceSum = residenceSum
        self.completions = completions
        self.inFlightAtStart = inFlightAtStart
        self.inFlightAtEnd = inFlightAtEnd
    }

    /// |L - λW| / λW; the length of the window cancels out. nil where nothing completed.
    public var difference: Double? {
        guard self.completions > 0, self.residenceSum > 0 else { return nil }
        return abs(self.inFlightArea - self.residenceSum) / self.residenceSum
    }

    /// What the difference may be: `tolerance`, and the share of the requests that lie across an edge.
    public var allowedDifference: Double {
        guard self.completions > 0 else { return .infinity }
        let edges = Double(self.inFlightAtStart) + Double(self.inFlightAtEnd)
        return Self.tolerance + edges / Double(self.completions)
    }

    /// Whether both agree; true where there is nothing to compare.
    public var holds: Bool { self.difference.map { $0 <= self.allowedDifference } ?? true }
}
