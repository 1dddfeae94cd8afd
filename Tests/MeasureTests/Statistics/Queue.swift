import Foundation
import Numerics

/// Latencies of made-up servers, cheap enough for 500 runs in a debug build: tables of quantiles, plain loops and
/// pointers.
struct Queue {
    private var state: UInt64
    /// Waiting time of the next customer of an M/M/1 queue.
    private var wait = 0.0

    private static let shares = 1 << 16
    /// -ln(1 - u) at the middles of 65,536 equal shares.
    nonisolated(unsafe) private static let exponential = Self.table { -log(1 - $0) }
    /// Radius and angle of the Box-Muller transform, for exp(0.6 z) with a normal z.
    nonisolated(unsafe) private static let radius = Self.table { 0.6 * (-2 * log(1 - $0)).squareRoot() }
    nonisolated(unsafe) private static let angle = Self.table { cos(2 * Double.pi * $0) }

    /// Never freed and never written again.
    private static func table(_ value: (Double) -> Double) -> UnsafePointer<Double> {
        let table = UnsafeMutablePointer<Double>.allocate(capacity: Self.shares)
        for share in 0..<Self.shares {
            (table + share).initialize(to: value((Double(share) + 0.5) / Double(Self.shares)))
        }
        return UnsafePointer(table)
    }

    init(seed: UInt64) {
        var random = RandomGenerator(seed: seed)
        self.state = random.next() | 1
    }

    /// The wait of a customer of an M/M/1 queue in its steady state: 0, or with probability `load` exponential.
    mutating func settle(load: Double) {
        var random = RandomGenerator(seed: self.state)
        self.wait = random.unit() < load ? -log(1 - random.unit()) / (1 - load) : 0
    }

    /// Writes `count` sojourn times of an M/M/1 queue with service rate 1 (Lindley's recursion), or if `load` is nil
    /// independent lognormal values exp(0.6 z). Randomness: xorshift (Marsaglia 2003), two draws of 16 bits a step.
    mutating func run(_ count: Int, load: Double?, into values: UnsafeMutablePointer<Double>) {
        let (exponential, radius, angle) = (Self.exponential, Self.radius, Self.angle)
        var (state, wait) = (self.state, self.wait)
        let (gap, isQueue) = (load.map { 1 / $0 } ?? 0, load != nil)
        var index = 0
        while index < count {
            state ^= state &<< 13
            state ^= state &>> 7
            state ^= state &<< 17
            let one = Int(truncatingIfNeeded: state &>> 48)
            let other = Int(truncatingIfNeeded: (state &>> 32) & 0xFFFF)
            if isQueue {
                let sojourn = wait + exponential[one]
                values[index] = sojourn
                wait = sojourn - gap * exponential[other]
                if wait < 0 { wait = 0 }
            } else {
                values[index] = exp(radius[one] * angle[other])
            }
            index &+= 1
        }
        (self.state, self.wait) = (state, wait)
    }
}

/// Counts in cells of equal width, for quantiles from above: quick in a debug build.
final class Cells {
    private let cells: UnsafeMutablePointer<UInt32>
    private let width: Double
    private var total = 0
    private static let count = 8_192

    init(width: Double) {
        self.width = width
        self.cells = .allocate(capacity: Self.count)
        self.cells.initialize(repeating: 0, count: Self.count)
    }

    deinit { self.cells.deallocate() }

    func reset() {
        self.cells.update(repeating: 0, count: Self.count)
        self.total = 0
    }

    /// Adds values; those above the cells count in the last one.
    func add(_ values: UnsafeMutablePointer<Double>, count: Int) {
        let (cells, scale, last) = (self.cells, 1 / self.width, Self.count - 1)
        let highest = Double(last)
        var index = 0
        while index < count {
            let cell = values[index] * scale
            cells[cell < highest ? Int(cell) : last] &+= 1
            index &+= 1
        }
        self.total += count
    }

    /// The middle of the cell of rank share · (N + 1), rounded.
    func quantile(_ share: Double) -> Double {
        var above = self.total - Int((share * Double(self.total + 1)).rounded())
        var cell = Self.count - 1
        while cell > 0 {
            above &-= Int(truncatingIfNeeded: self.cells[cell])
            if above < 0 { break }
            cell &-= 1
        }
        return (Double(cell) + 0.5) * self.width
    }
}
