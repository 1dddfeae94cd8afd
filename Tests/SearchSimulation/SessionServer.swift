import Capacity
import Glibc
import Measure
import Numerics
import Workload

/// A server of one queue, first come first served, and sessions of several requests: the next one is sent as soon as
/// the one before it is answered. It gives what a trial observes: samples by second, and what is in flight and in
/// session.
public struct SessionServer {
    /// Requests per second.
    public var rate: Double
    public var requestsPerSession: Int
    public var isPoisson: Bool
    public var isExponential: Bool
    /// On response time, in seconds.
    public var limit: Double
    private var random: RandomGenerator

    /// A server with every value given.
    public init(
        rate: Double, requestsPerSession: Int, isPoisson: Bool, isExponential: Bool, limit: Double, seed: UInt64
    ) {
        self.rate = rate
        self.requestsPerSession = requestsPerSession
        self.isPoisson = isPoisson
        self.isExponential = isExponential
        self.limit = limit
        self.random = RandomGenerator(seed: seed, stream: 2)
    }

    /// One request: when it was sent, and its number in its session.
    private struct Request {
        var asked: Double
        var number: Int
    }

    /// Serves `sessions` per second for this many seconds, on an idle server.
    public mutating func serve(sessions: Double, seconds: Int) -> SeenTrial {
        var queue: [Request] = []
        var head = 0
        var (arrival, free) = (self.gap(sessions, self.isPoisson), Double.infinity)
        var rows = [SeenTrial.Second](repeating: SeenTrial.Second(), count: seconds)
        let end = Double(seconds)
        while min(arrival, free) < end {
            if arrival <= free {
                let second = Int(arrival)
                rows[second].sessions += 1
                rows[second].requests += 1
                queue.append(Request(asked: arrival, number: 1))
                if free == .infinity { free = arrival + self.gap(self.rate, self.isExponential) }
                arrival += self.gap(sessions, self.isPoisson)
            } else {
                let (second, request) = (Int(free), queue[head])
                head += 1
                rows[second].answered += 1
                if free - request.asked >= self.limit { rows[second].late += 1 }
                if request.number < self.requestsPerSession {
                    rows[second].requests += 1
                    queue.append(Request(asked: free, number: request.number + 1))
                } else {
                    rows[second].ended += 1
                }
                free = head < queue.count ? free + self.gap(self.rate, self.isExponential) : .infinity
            }
        }
        // A request that has not ended and is over the limit already counts as over it.
        let unended = queue[head...].count { end - $0.asked >= self.limit }
        return SeenTrial(rows, unendedLate: UInt64(unended))
    }

    private mutating func gap(_ rate: Double, _ isRandom: Bool) -> Double {
        isRandom ? -log1p(-self.random.unit()) / rate : 1 / rate
    }
}
