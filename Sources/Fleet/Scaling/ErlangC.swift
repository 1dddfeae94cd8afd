#if canImport(Glibc)
import Glibc
#endif

/// The queue M/M/c: Poisson arrivals, exponential service times, `servers` servers, one queue in order of arrival. An
/// estimate for a response time: real service times are rarely exponential, so what was measured comes first.
///
/// Formulas: Erlang, 1917; Kleinrock, Queueing Systems I, 1975, 3.5.
public struct ErlangC: Sendable, Equatable {
    /// c.
    public let servers: Int
    /// a = λ / µ, in erlangs: busy servers on average.
    public let offered: Double
    /// Mean service time, 1 / µ, in seconds.
    public let serviceSeconds: Double
    /// The probability that a request finds all servers busy and waits.
    public let waitProbability: Double

    /// Most servers: the recursion takes a step for each.
    public static let serversLimit = 100_000

    /// A queue of `arrivals` a second, or nil where it has no steady state: as much work as servers, or more. Takes
    /// `servers` steps.
    public init?(servers: Int, arrivalsPerSecond: Double, serviceSeconds: Double) {
        let offered = arrivalsPerSecond * serviceSeconds
        guard servers >= 1, servers <= Self.serversLimit, serviceSeconds > 0, serviceSeconds.isFinite, offered >= 0,
            offered < Double(servers)
        else { return nil }
        // Erlang B, B(k) = a B(k - 1) / (k + a B(k - 1)): each B is a probability, and nothing overflows, as a^c does.
        var blocked = 1.0
        for server in 1...servers {
            let part = offered * blocked
            blocked = part / (Double(server) + part)
        }
        self.servers = servers
        self.offered = offered
        self.serviceSeconds = serviceSeconds
        let utilisation = offered / Double(servers)
        self.waitProbability = blocked / (1 - utilisation * (1 - blocked))
    }

    /// The share of the time that a server is busy.
    public var utilisation: Double { self.offered / Double(self.servers) }

    /// The probability of a response later than so many seconds. With θ = cµ - λ, the rate at which a queue empties:
    /// (1 - C) e^(-µt) + C (θ e^(-µt) - µ e^(-θt)) / (θ - µ), and C (1 + µt) e^(-µt) where θ = µ.
    public func responseBeyond(_ seconds: Double) -> Double {
        guard seconds > 0 else { return 1 }
        // In units of the service time.
        let time = seconds / self.serviceSeconds
        let rate = Double(self.servers) - self.offered
        let served = exp(-time)
        let difference = rate - 1
        // Close to θ = µ the quotient is a difference of equal numbers; its limit is exact to `difference`.
        let queued =
            abs(difference) < 1e-6 ? (1 + time) * served : (rate * served - exp(-rate * time)) / difference
        return min(max((1 - self.waitProbability) * served + self.waitProbability * queued, 0), 1)
    }

    /// The response time, in seconds, that a share of all responses (such as 0.99) does not exceed.
    public func response(quantile share: Double) -> Double {
        let beyond = 1 - min(max(share, 0), Self.quantileLimit)
        var low = 0.0
        var high = self.serviceSeconds
        // A doubling for each factor of two that the queue is slower than one service.
        for _ in 0..<Self.halvings where self.responseBeyond(high) > beyond { high *= 2 }
        for _ in 0..<Self.halvings {
            let middle = low + (high - low) / 2
            if self.responseBeyond(middle) > beyond { low = middle } else { high = middle }
        }
        return high
    }

    /// Beyond it the tail is smaller than the error of the arithmetic.
    private static let quantileLimit = 1 - 1e-12
    /// Bits of a double, and room.
    private static let halvings = 64
}
