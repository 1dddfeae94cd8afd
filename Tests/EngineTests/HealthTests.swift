import CLinux
import Measure
import Target
import Testing
import Workload

@testable import Engine
@testable import Kernel

/// What the generator measures about itself, without a load.
@Suite struct HealthTests {
    private static func reading(offset: UInt64, at: UInt64, apart: UInt64 = 40) -> ClockReading {
        ClockReading(before: at, realtime: offset &+ at &+ apart / 2, after: at &+ apart)
    }

    @Test(
        "A clock that is set is a step, once; one that only runs on is not, nor is a pause between readings")
    func clockSteps() {
        var watch = RealtimeWatch()
        let start: UInt64 = 1_700_000_000_000_000_000
        func expect(_ verdict: RealtimeWatch.Verdict, _ reading: ClockReading, _ line: Comment) {
            #expect(watch.judge(reading) == verdict, line)
        }
        expect(.steady, Self.reading(offset: start, at: 1_000), "the first")
        expect(.steady, Self.reading(offset: start, at: 500_000_000_000), "much later")
        expect(
            .steady, Self.reading(offset: start + RealtimeWatch.stepLimit, at: 600_000_000_000), "a little")
        expect(.torn, Self.reading(offset: start, at: 610_000_000_000, apart: 30_000_000), "interrupted")
        expect(.stepped, Self.reading(offset: start + 1_000_000, at: 620_000_000_000), "1 ms ahead")
        expect(.steady, Self.reading(offset: start + 1_000_000, at: 630_000_000_000), "from there on")
        expect(.stepped, Self.reading(offset: start - 3_600_000_000_000, at: 640_000_000_000), "an hour back")
        // Set to 1970 on a machine that has been up for long: the difference wraps, and the verdict is the same.
        expect(.stepped, Self.reading(offset: 0 &- 600_000_000_000, at: 650_000_000_000), "to 1970")
        expect(.steady, Self.reading(offset: 0 &- 600_000_000_000, at: 660_000_000_000), "from there on")
    }

    @Test("A sleep is late by what it took beyond its length, and a clock that stands still shows no lateness")
    func timerLateness() {
        let period = TimerWatch.period
        #expect(TimerWatch.lateness(asleep: 5_000, awake: 5_000 + period) == 0)
        #expect(TimerWatch.lateness(asleep: 5_000, awake: 5_000 + period + 40_000) == 40_000)
        #expect(TimerWatch.lateness(asleep: 5_000, awake: 5_000 + period - 1) == 0)
        #expect(TimerWatch.lateness(asleep: 5_000, awake: 4_000) == 0)
    }

    @Test("A delay across a step of the clock, or one that would be negative, is dropped")
    func droppedDelays() {
        var sampling = Sampling(users: 1, threads: 1)
        let start: UInt64 = 1_700_000_000_000_000_000
        sampling.take(stamp: start + 1_000, reading: Self.reading(offset: start, at: 51_000, apart: 0))
        #expect(sampling.delay == 50_000)
        sampling.delay = Sampling.none
        sampling.take(
            stamp: start + 60_000, reading: Self.reading(offset: start + 10_000_000, at: 70_000, apart: 0))
        #expect(sampling.delay == Sampling.none)
        sampling.take(
            stamp: start + 90_000_000, reading: Self.reading(offset: start + 10_000_000, at: 80_000, apart: 0)
        )
        #expect(sampling.delay == Sampling.none)
        #expect(sampling.dropped == 2)
    }

    @Test(
        "About one user in sixteen is sampled, one of each worker at least, and never more than some hundreds",
        arguments: [(1, 1), (16, 1), (17, 2), (2_000, 2), (50_000, 4), (1_000_000, 64), (1_000, 1_024)])
    func share(users: Int, threads: Int) {
        let sampling = Sampling(users: users, threads: threads)
        let sampled = (0..<users).count { sampling.covers($0) }
        #expect(sampled >= 1)
        #expect(sampled <= max(1, Sampling.userLimit / threads))
        #expect(sampled <= users / Sampling.usualStride + 1)
    }

    @Test(
        "Every user of a slow plan is sampled, a share of those of a fast one",
        arguments: [(2_000.0, 500), (2_001, 31)])
    func dense(rate: Double, sampled: Int) {
        let sampling = Sampling(users: 500, threads: 1, rate: rate)
        #expect((0..<500).count { sampling.covers($0) } == sampled)
    }

    @Test("One of every sixteen visitors is drawn, at different places, and no slot is sampled for itself")
    func visitors() {
        let sampling = Sampling(users: 500, threads: 2, rate: 5_000, visitors: true)
        let (takesArrivals, isWhole) = (sampling.takesArrivals, sampling.isWhole)
        #expect(takesArrivals && !isWhole)
        let blocks = (0..<UInt64(100)).map { block in (0..<16).filter { sampling.covers(arrival: block * 16 + $0) } }
        #expect(blocks.allSatisfy { $0.count == 1 } && Set(blocks.joined()).count == 16)
        #expect((0..<500).allSatisfy { !sampling.covers($0) })
        // In a slow plan every visitor is sampled. If the slots have connections of their own, slots are sampled.
        let others = [(2_000.0, true), (5_000, false)].map { rate, visitors in
            Sampling(users: 500, threads: 1, rate: rate, visitors: visitors).takesArrivals
        }
        #expect(others == [false, false])
    }

    @Test("Ticks are those of the CPUs that the process may use")
    func ticks() {
        let text = """
            cpu  300 0 30 600 6 3 3 30 0 0
            cpu0 100 0 10 200 2 1 1 10 7 7
            cpu1 200 0 20 400 4 2 2 20 0 0
            cpu2 nonsense
            intr 1 2 3 4 5 6 7 8 9
            """
        let both = HostMeter.ticks(in: text, cpus: [0, 1, 2])
        #expect(both.ticks == 972)
        #expect(both.idleTicks == 606)
        #expect(both.stealTicks == 30)
        #expect(HostMeter.ticks(in: text, cpus: [0]).ticks == 324)
        #expect(HostMeter.ticks(in: "", cpus: [0]) == HostMeter.Reading())
    }

    @Test("A quota's throttling is read from both versions of control groups, in nanoseconds")
    func throttling() {
        #expect(
            HostMeter.throttled(in: "nr_periods 5\nnr_throttled 2\nthrottled_time 1234567\n") == 1_234_567)
        #expect(HostMeter.throttled(in: "usage_usec 9\nnr_throttled 2\nthrottled_usec 77\n") == 77_000)
        #expect(HostMeter.throttled(in: "throttled_usec -1\nthrottled_usec") == 0)
        for hostile in ["", "0::", "::", "0::/../..", "1:cpu:relative", "0:::::/x", "9:cpuset:/"] {
            #expect(HostMeter.statPaths(ofGroups: hostile).isEmpty, "\(hostile)")
        }
        let deep = "0::" + String(repeating: "/group", count: 1_000)
        #expect(HostMeter.statPaths(ofGroups: deep).count <= HostMeter.groupLimit)
    }

    @Test("schedstat's second number is read, and nothing is read from any other text")
    func smallFiles() {
        func second(_ text: String) -> UInt64 {
            Array(text.utf8).withUnsafeBytes { UsageMeter.secondNumber($0) }
        }
        #expect(second("1399275 1098528 4\n") == 1_098_528)
        #expect(second("1399275") == 0)
        #expect(second("") == 0)
    }

    @Test("A meter measures the CPU time of its own thread, and how late a turn was at most")
    func meter() {
        var meter = UsageMeter()
        meter.begin()
        meter.turn(due: 1_000, now: 4_000)
        meter.turn(due: 5_000, now: 5_100)
        meter.turn(due: .max, now: 9_000)
        let until = linux_thread_cpu_nanoseconds() + 20_000_000
        while linux_thread_cpu_nanoseconds() < until {}
        let usage = meter.close()
        #expect(usage.cpu >= 20_000_000)
        #expect(usage.duration >= usage.cpu)
        #expect(usage.loopLag == 3_000)
        #expect(usage.turns == 3)
        let next = meter.close()
        #expect(next.loopLag == 0 && next.turns == 0)
        #expect(next.cpu < usage.cpu)
        meter.end()
    }

    @Test("The worst second of a worker comes from a whole second, and the mean from the whole time")
    func worstSecond() {
        var worker = WorkerHealth()
        for (duration, cpu) in [(1_000, 100), (1_000, 300), (10, 10)] as [(UInt64, UInt64)] {
            var usage = WorkerUsage()
            usage.duration = duration * 1_000_000
            usage.cpu = cpu * 1_000_000
            usage.loopLag = cpu
            worker.add(usage)
        }
        #expect(worker.worstCPUShare == 0.3)
        #expect(worker.total.cpuShare == 410.0 / 2_010)
        #expect(worker.total.loopLag == 300)
    }
}

extension EngineLoads {
    @Suite struct HealthLoadTests {
        @Test("After a run every worker's use is known, and each row names the busiest")
        func usage() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(
                    port: server.port, session: [Step(path: "/bytes/50000", repeatCount: 10)]
                ) {
                    $0.users = 8
                    $0.hold = 500_000_000
                }
                let load = try Loads.run(profile, threads: 2)
                let health = load.run.health
                #expect(health.workers.count == 2)
                for worker in health.workers {
                    #expect(worker.total.cpu > 0 && worker.total.turns > 0)
                    #expect(worker.total.duration > 400_000_000 && worker.total.duration < 5_000_000_000)
                    #expect(worker.worstCPUShare > 0 && worker.worstCPUShare <= 1)
                }
                #expect(load.rows.contains { $0.phase == .hold && $0.workerCPU > 0 })
                #expect(health.host.duration > 400_000_000)
                #expect(health.host.ticks > 0)
                #expect(health.openFilesLimit > 0)
                if let files = health.openFilesHighest { #expect(files >= 8) }
                #expect(health.portsHighest >= 8 && health.portsLimit > 0)
            }
        }

        @Test(
            "On a sampled connection the kernel's byte counts equal the worker's, and answers have a delay each",
            arguments: [
                [Step(path: "/bytes/50000", repeatCount: 10)], [Step(path: "/chunked/30000")],
                [Step(path: "/close-delimited/3000")], [Step(path: "/bytes/100"), Step(path: "/close")],
            ])
        func transport(_ session: [Step]) throws {
            try Loads.withTarget { server in
                // One user, so that every connection is a sampled one.
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = 1
                    $0.sessions = 20
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("sampled")
                let counts = load.run.health.transport
                #expect(counts.unsettled == 0)
                #expect(counts.connections == load.total.connectionsOpened)
                #expect(counts.bytesReceived == counts.bytesRead + counts.bytesUnread + counts.ends)
                #expect(counts.bytesRead == load.total.receivedSocket)
                #expect(counts.bytesUnread == 0)
                #expect(counts.bytesAcknowledged == load.total.sentSocket + counts.connections)
                #expect(counts.segmentsSent > 0)
                let delays = load.samples(.clientDelay)
                // If an answer ends with its connection, its last bytes come before its end, and the end has no stamp.
                #expect(delays > 0 || counts.ends == counts.connections)
                #expect(delays + load.run.health.clientDelaysDropped <= load.total.requestsOK + counts.ends)
                #expect(load.samples(.clientDelay, failed: true) == 0)
                #expect(load.samples(.kernelService) == delays)
            }
        }

        @Test("A probe runs during the hold, on connections of its own, and is in none of the load's counts")
        func probe() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(port: server.port, session: [Step(path: "/bytes/1000")]) {
                    $0.users = 2
                    $0.hold = 2_000_000_000
                }
                let addresses = try SocketAddress.resolve(host: "127.0.0.1", port: server.port)
                let probe = try Probe(beside: profile, rate: 50, addresses: addresses, userAgent: "tests")
                var failure: (any Error)?
                let load = try Loads.run(profile) { run, _ in
                    do { try probe.follow(run) } catch { failure = error }
                }
                let result = try #require(probe.finish())
                #expect(failure == nil)
                load.expectExactAccounts("beside a probe")
                #expect(load.total.connectionsOpened == 2)
                // Its hold is about a second: 2 s less the second in which it connects.
                #expect(result.started > 10 && result.started < 150)
                #expect(result.started == result.ok + result.failed + result.inFlightAtEnd)
                #expect(result.failed == 0)
                #expect(result.response.count == result.ok)
                #expect(result.response["p50"] != nil)
                let counts = server.counts()
                #expect(counts.requests >= load.total.requestsStarted + result.started)
                #expect(counts.connectionsAccepted > load.total.connectionsOpened)
            }
        }

        @Test("A probe whose thread cannot be made names the limit once, and the load goes on without it")
        func probeWithoutThread() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(port: server.port, session: [Step(path: "/bytes/1000")]) {
                    $0.users = 2
                    $0.hold = 2_500_000_000
                }
                let addresses = try SocketAddress.resolve(host: "127.0.0.1", port: server.port)
                let probe = try Probe(beside: profile, rate: 5, addresses: addresses, userAgent: "tests")
                var tries = 0
                probe.makeThread = { (_: @escaping @Sendable () -> Void) throws(Errno) in
                    tries += 1
                    throw Errno(EAGAIN)
                }
                var failures: [EngineError] = []
                let load = try Loads.run(profile) { run, _ in
                    do throws(EngineError) { try probe.follow(run) } catch { failures.append(error) }
                }
                #expect(tries == 1 && failures.count == 1)
                guard case .limits(let what) = try #require(failures.first) else {
                    Issue.record("\(failures)")
                    return
                }
                #expect(what.hasPrefix("the probe's thread"), "\(what)")
                #expect(probe.finish() == nil)
                load.expectExactAccounts("beside no probe")
                #expect(load.total.requestsFailed == 0 && load.total.requestsOK > 0)
            }
        }

        @Test("A probe whose load never reached its hold measured nothing")
        func probeWithoutHold() throws {
            let profile = try Loads.profile(port: 1, session: [Step(path: "/")]) { $0.users = 1 }
            let addresses = try SocketAddress.resolve(host: "127.0.0.1", port: 1)
            let probe = try Probe(beside: profile, rate: 5, addresses: addresses, userAgent: "tests")
            #expect(probe.finish() == nil)
        }
    }
}
