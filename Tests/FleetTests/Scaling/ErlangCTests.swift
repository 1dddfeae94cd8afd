import Fleet
import Numerics
import Testing

@Suite struct ErlangCTests {
    @Test("One server waits as M/M/1: at 80 % it is busy for 80 % of arrivals, and the mean wait is 4 service times")
    func oneServer() throws {
        let queue = try #require(ErlangC(servers: 1, arrivalsPerSecond: 0.8, serviceSeconds: 1))
        #expect(abs(queue.waitProbability - 0.8) < 1e-12)
        #expect(abs(queue.meanWait - 4) < 1e-12)
        // M/M/1's response time is exponential with the mean 1 / (µ - λ).
        #expect(abs(queue.responseBeyond(5) - 0.367_879_441_171_442) < 1e-12)
        #expect(abs(queue.response(quantile: 0.99) - 23.025_850_929_940_45) < 1e-9)
    }

    @Test("The recursion is the sum of Erlang's formula where that can be added up", arguments: [2, 5, 20, 100])
    func sum(servers: Int) throws {
        let offered = 0.85 * Double(servers)
        var terms = 1.0
        var term = 1.0
        for index in 1..<servers {
            term *= offered / Double(index)
            terms += term
        }
        let last = term * offered / Double(servers) / (1 - 0.85)
        let queue = try #require(ErlangC(servers: servers, arrivalsPerSecond: offered, serviceSeconds: 1))
        #expect(abs(queue.waitProbability - last / (terms + last)) < 1e-12)
    }

    @Test("100,000 servers at 99.9 % give a finite probability between 0 and 1, and more servers wait less")
    func large() throws {
        var last = 1.0
        for servers in [100, 1_000, 10_000, ErlangC.serversLimit] {
            let queue = try #require(
                ErlangC(servers: servers, arrivalsPerSecond: 0.999 * Double(servers), serviceSeconds: 1))
            #expect(queue.waitProbability > 0 && queue.waitProbability < last)
            #expect(queue.response(quantile: 0.99).isFinite)
            last = queue.waitProbability
        }
    }

    @Test("A queue with as much work as servers, without servers and with a time of 0 has no answer")
    func unstable() {
        #expect(ErlangC(servers: 4, arrivalsPerSecond: 4, serviceSeconds: 1) == nil)
        #expect(ErlangC(servers: 0, arrivalsPerSecond: 0, serviceSeconds: 1) == nil)
        #expect(ErlangC(servers: 4, arrivalsPerSecond: 1, serviceSeconds: 0) == nil)
        #expect(ErlangC(servers: 4, arrivalsPerSecond: .nan, serviceSeconds: 1) == nil)
        #expect(ErlangC(servers: ErlangC.serversLimit + 1, arrivalsPerSecond: 1, serviceSeconds: 1) == nil)
    }

    @Test("Poisson arrivals at a fixed fleet wait as long as Erlang C says, within 2 %, and Little's law holds", arguments: [
        (servers: 2, utilisation: 0.6, seed: 1 as UInt64), (4, 0.7, 2), (8, 0.75, 3),
    ])
    func simulation(servers: Int, utilisation: Double, seed: UInt64) throws {
        let arrivals = utilisation * Double(servers)
        let queue = try #require(ErlangC(servers: servers, arrivalsPerSecond: arrivals, serviceSeconds: 1))
        let seen = EventSimulation.run(servers: servers, arrivalsPerSecond: arrivals, customers: 250_000, seed: seed)
        #expect(abs(seen.meanWait / queue.meanWait - 1) < 0.02)
        #expect(abs(seen.waited / queue.waitProbability - 1) < 0.02)
        // The 90th percentile of the formula is beaten by a tenth of the responses.
        let limit = queue.response(quantile: 0.9)
        let late = seen.responses.count { $0 > limit }
        #expect(abs(Double(late) / Double(seen.responses.count) / 0.1 - 1) < 0.02)
        // L = λ W, with L integrated over time, and λ and W counted per customer.
        #expect(abs(seen.meanInside / (seen.arrivalRate * seen.meanResponse) - 1) < 1e-3)
    }
}

/// M/M/c event by event: the next arrival or the next end of a service, whichever comes first.
private struct EventSimulation {
    var meanWait = 0.0
    var waited = 0.0
    var meanResponse = 0.0
    var meanInside = 0.0
    var arrivalRate = 0.0
    var responses: [Double] = []

    static func run(servers: Int, arrivalsPerSecond: Double, customers: Int, seed: UInt64) -> EventSimulation {
        var random = RandomGenerator(seed: seed)
        var result = EventSimulation()
        result.responses.reserveCapacity(customers)
        var arrivals: [Double] = []
        var first = 0
        var ends = Array(repeating: Double.infinity, count: servers)
        var begun = Array(repeating: 0.0, count: servers)
        var (now, area, inside) = (0.0, 0.0, 0)
        var nextArrival = random.exponential() / arrivalsPerSecond
        var waits = 0.0
        var count = 0
        while result.responses.count < customers {
            var server = 0
            for other in 1..<servers where ends[other] < ends[server] { server = other }
            let next = min(nextArrival, ends[server])
            area += Double(inside) * (next - now)
            now = next
            if nextArrival <= ends[server] {
                inside += 1
                count += 1
                nextArrival = now + random.exponential() / arrivalsPerSecond
                if let free = ends.firstIndex(of: .infinity) {
                    begun[free] = now
                    ends[free] = now + random.exponential()
                } else {
                    arrivals.append(now)
                }
            } else {
                inside -= 1
                result.responses.append(now - begun[server])
                if first < arrivals.count {
                    waits += now - arrivals[first]
                    result.waited += 1
                    begun[server] = arrivals[first]
                    first += 1
                    ends[server] = now + random.exponential()
                } else {
                    ends[server] = .infinity
                }
            }
        }
        let served = Double(result.responses.count)
        result.meanWait = waits / served
        result.waited /= served
        result.meanResponse = result.responses.reduce(0, +) / served
        result.meanInside = area / now
        result.arrivalRate = Double(count) / now
        return result
    }
}

extension ErlangC {
    /// Mean time in the queue: C / (cµ - λ), in seconds.
    fileprivate var meanWait: Double { self.waitProbability * self.serviceSeconds / (Double(self.servers) - self.offered) }
}
