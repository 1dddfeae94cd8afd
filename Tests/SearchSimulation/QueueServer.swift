import Capacity
import Glibc
import Numerics
import Workload

/// A server of one queue on a virtual clock: Poisson arrivals, first come first served, by Lindley's recursion.
public struct QueueServer {
    /// How the server serves; each kind has 1,000/s of capacity on average.
    public enum Kind: String, CaseIterable, Sendable {
        /// Exponential service.
        case exponential = "M/M/1"
        /// Exponential service, with a pause of 100 ms in every 5 s.
        case pauses = "pauses"
        /// One answer in ten takes 11 times as long as the others.
        case bimodal = "bimodal"
        /// Exponential service with a speed that swings by 2 % in two minutes.
        case drifting = "drifting"

        /// The largest rate at which p99 keeps the limit: 1000 − ln(100)/50 ms for M/M/1, otherwise the result of
        /// `SimulatedSearch.measuredTruth` from runs of 100,000 s.
        public var truth: Double {
            switch self {
            case .exponential: 1_000 - 4.605_170_185_988_091 / 0.05
            case .pauses: 896.2
            case .bimodal: 851.7
            case .drifting: 902.7
            }
        }

        /// The limit on p99, in nanoseconds.
        public var limit: UInt64 {
            switch self {
            case .exponential, .bimodal, .drifting: 50_000_000
            case .pauses: 120_000_000
            }
        }
    }

    private let kind: Kind
    private var random: RandomGenerator
    /// Seconds of virtual time.
    private var clock: Double

    private static let serviceRate = 1_000.0
    private static let pauseEvery = 5.0
    private static let pause = 0.1
    private static let swingPeriod = 120.0
    private static let swing = 0.02

    /// A server that was started long ago: its pauses and swings begin at a random time.
    public init(_ kind: Kind, seed: UInt64) {
        self.kind = kind
        self.random = RandomGenerator(seed: seed, stream: 1)
        self.clock = self.random.unit() * 1_000
    }

    /// Serves `rate` arrivals per second for `seconds`, and then idles for a second. `left`: seconds of work in the
    /// queue from the trial before.
    public mutating func serve(rate: Double, seconds: Int, left: Double = 0) -> SeenTrial {
        let limit = Double(self.kind.limit) / 1e9
        let begin = self.clock
        var free = begin + left
        var arrival = begin + self.exponential(rate)
        let end = begin + Double(seconds)
        var rows = [SeenTrial.Second](repeating: SeenTrial.Second(), count: seconds)
        var unendedLate: UInt64 = 0
        while arrival < end {
            free = self.finish(from: max(arrival, free))
            let second = min(seconds - 1, Int(arrival - begin))
            rows[second].requests += 1
            rows[second].sessions += 1
            let isLate = free - arrival > limit
            if free < end {
                let last = min(seconds - 1, Int(free - begin))
                rows[last].answered += 1
                rows[last].ended += 1
                if isLate { rows[last].late += 1 }
            } else if isLate {
                unendedLate += 1
            }
            arrival += self.exponential(rate)
        }
        self.clock = max(free, end) + 1
        return SeenTrial(rows, unendedLate: unendedLate)
    }

    private mutating func exponential(_ rate: Double) -> Double { -log1p(-self.random.unit()) / rate }

    /// When a request that begins at `start` is done.
    private mutating func finish(from start: Double) -> Double {
        switch self.kind {
        case .exponential:
            return start + self.exponential(Self.serviceRate)
        case .bimodal:
            return start + (self.random.unit() < 0.1 ? 0.005_5 : 0.000_5)
        case .drifting:
            let phase = 2 * Double.pi * start / Self.swingPeriod
            return start + self.exponential(Self.serviceRate * (1 + Self.swing * sin(phase)))
        case .pauses:
            let phase = start.truncatingRemainder(dividingBy: Self.pauseEvery)
            let begin = phase < Self.pause ? start + (Self.pause - phase) : start
            let work = self.exponential(Self.serviceRate)
            let untilPause = Self.pauseEvery - begin.truncatingRemainder(dividingBy: Self.pauseEvery)
            return begin + work + (work > untilPause ? Self.pause : 0)
        }
    }
}
