import Measure
import Testing

@Suite("Validity")
struct ValidityTests {
    /// A planned run at a tenth of the generator's capacity, with everything known and nothing wrong.
    static func sound() -> Evidence {
        var evidence = Evidence()
        evidence.isPlanned = true
        evidence.hold = 60_000_000_000
        evidence.plannedStarts = 60_000
        evidence.achievedStarts = 60_000
        evidence.usersAsked = 2_000
        evidence.usersHeld = 2_000
        evidence.descriptors = Evidence.Headroom(used: 2_040, limit: 65_536)
        evidence.ports = Evidence.Headroom(used: 2_000, limit: 28_232)
        evidence.response = Evidence.Quantiles(p50: 5_000_000, p99: 20_000_000, maximum: 60_000_000)
        evidence.service = Evidence.Quantiles(p50: 4_950_000, p99: 19_900_000, maximum: 59_000_000)
        evidence.sendLag = Evidence.Quantiles(p50: 60_000, p99: 200_000, maximum: 3_000_000)
        evidence.clientDelay = Evidence.Quantiles(p50: 20_000, p99: 150_000, maximum: 2_000_000)
        evidence.drift = Drift(correlation: 0.1, pValue: 0.4, change: 0.01)
        evidence.warmUp = WarmUp(length: 2, isSettled: true, excess: 0.01)
        evidence.workers = [
            Evidence.Worker(
                cpuShare: 0.1, highestCPUShare: 0.2, loopLagMaximum: 3_000_000,
                involuntarySwitchesPerSecond: 5, runDelayShare: 0.01)
        ]
        evidence.stealShare = 0.001
        evidence.throttledShare = 0
        evidence.retransmittedShare = 0
        evidence.clockSteps = 0
        return evidence
    }

    private func judged(_ change: (inout Evidence) -> Void) -> RunValidity {
        var evidence = Self.sound()
        change(&evidence)
        return Validity.judge(evidence)
    }

    /// The verdicts on counts, held, throughput and latency, each by its initial: "VVSI".
    private func initials(_ validity: RunValidity) -> String {
        Claim.allCases.map { String(validity[$0].verdict.word.prefix(1)) }.joined()
    }

    private func rules(_ validity: RunValidity) -> [String] { validity.findings.map(\.finding.rule) }

    @Test("a sound run is valid in every claim")
    func sound() {
        let validity = self.judged { _ in }
        #expect(validity.verdict == .valid)
        #expect(validity.findings.isEmpty)
    }

    @Test("each rule speaks against its claims just beyond its line, and not before it")
    func rules() {
        typealias Change = (inout Evidence, Bool) -> Void
        let rows: [(rule: String, verdicts: String, change: Change)] = [
            ("starts_missed", "IVIV", {
                $0.lateGenerator = 400
                $0.achievedStarts = $1 ? 59_699 : 59_940
            }),
            ("starts_missed", "SVSV", {
                $0.lateGenerator = 400
                $0.achievedStarts = $1 ? 59_939 : 59_940
            }),
            ("send_lag_p99", "VVVI", { $0.sendLag?.p99 = $1 ? 2_000_001 : 1_000_000 }),
            ("send_lag_p99", "VVVS", { $0.sendLag?.p99 = $1 ? 1_900_000 : 1_000_000 }),
            ("send_lag_p50", "VVVI", { $0.sendLag?.p50 = $1 ? 500_001 : 250_000 }),
            ("client_delay_p99", "VVVI", { $0.clientDelay?.p99 = $1 ? 1_990_001 : 900_000 }),
            ("client_delay_p50", "VVVI", { $0.clientDelay?.p50 = $1 ? 495_001 : 240_000 }),
            ("loop_stall", "VVVS", { $0.workers[0].loopLagMaximum = $1 ? 50_000_000 : 49_999_999 }),
            ("loop_stall", "VSVS", { $0.workers[0].loopLagMaximum = $1 ? 1_000_000_000 : 0 }),
            ("headroom_descriptors", "VSVV", { $0.descriptors?.used = $1 ? 62_260 : 62_000 }),
            ("users_limited_by_ports", "VIVV", {
                $0.ports?.used = 28_232
                $0.usersHeld = $1 ? 1_999 : 2_000
                if !$1 { $0.ports?.used = 20_000 }
            }),
            ("own_failures", "IVVV", {
                $0.failed = 100
                $0.ownFailures = $1 ? 11 : 0
            }),
            ("own_failures", "SVVV", {
                $0.failed = 1_000
                $0.ownFailures = $1 ? 11 : 0
            }),
            ("retransmits", "VVSS", { $0.retransmittedShare = $1 ? 0.011 : 0.01 }),
            ("clock_steps", "VVVS", { $0.clockSteps = $1 ? 1 : 0 }),
            ("worker_busy", "VVVS", { $0.workers[0].cpuShare = $1 ? 0.95 : 0.94 }),
            ("drift", "VVVS", {
                $0.drift = Drift(correlation: 0.9, pValue: $1 ? 0.0001 : 0.01, change: 0.2)
            }),
            ("drift", "VVVS", {
                $0.drift = Drift(correlation: -0.9, pValue: 0.0001, change: $1 ? -0.06 : -0.04)
            }),
            ("warm_up", "VVVS", { $0.warmUp = WarmUp(length: 9, isSettled: true, excess: $1 ? 0.5 : 0.04) }),
            ("unsettled", "VVVS", {
                $0.drift = Drift(correlation: 0.9, pValue: $1 ? 0.0001 : 0.01, change: 0.2)
                $0.warmUp = WarmUp(length: 30, isSettled: false, excess: -0.3)
            }),
        ]
        for row in rows {
            let beyond = self.judged { row.change(&$0, true) }
            #expect(self.initials(beyond) == row.verdicts, "\(row.rule): \(self.rules(beyond))")
            #expect(self.rules(beyond) == [row.rule])
            let before = self.judged { row.change(&$0, false) }
            #expect(self.rules(before).isEmpty, "\(row.rule): \(self.rules(before))")
        }
    }

    @Test("a closed load that saturates the generator is reported as limited by it")
    func generatorLimited() {
        func judged(_ share: Double, highest: Double = 0, delayIsKnown: Bool = true, delayIsEstimate: Bool = false)
            -> RunValidity
        {
            self.judged {
                $0.isPlanned = false
                $0.plannedStarts = nil
                $0.workers[0].cpuShare = share
                $0.workers[0].highestCPUShare = highest
                if !delayIsKnown { $0.clientDelay = nil }
                $0.clientDelayIsEstimate = delayIsEstimate
            }
        }
        #expect(self.initials(judged(0.80, delayIsEstimate: true)) == "VVSS")
        #expect(self.initials(judged(0.95)) == "VVIS")
        #expect(judged(0.95).findings.map(\.finding) == [.generatorLimited(share: 0.95)])
        #expect(self.initials(judged(0.80)) == "VVSV")
        #expect(self.initials(judged(0.80, delayIsKnown: false)) == "VVSS")
        #expect(self.initials(judged(0.5, highest: 0.96)) == "VVSV")
        #expect(self.initials(judged(0.79)) == "VVVV")
    }

    @Test("time lost to others limits a closed load, and a latency if its effect is unknown")
    func lostTime() {
        let changes: [(String, (inout Evidence, Double) -> Void)] = [
            ("waited_for_cpu", { $0.workers[0].runDelayShare = $1 }), ("steal", { $0.stealShare = $1 }),
            ("cpu_quota", { $0.throttledShare = $1 }),
        ]
        for (rule, change) in changes {
            func judged(_ share: Double, isPlanned: Bool, delayIsKnown: Bool) -> RunValidity {
                self.judged {
                    $0.isPlanned = isPlanned
                    if !delayIsKnown { $0.clientDelay = nil }
                    change(&$0, share)
                }
            }
            #expect(self.initials(judged(0.11, isPlanned: false, delayIsKnown: true)) == "VVIV", "\(rule)")
            #expect(self.initials(judged(0.04, isPlanned: false, delayIsKnown: false)) == "VVSS")
            #expect(self.initials(judged(0.11, isPlanned: true, delayIsKnown: true)) == "VVVV")
            #expect(self.rules(judged(0.11, isPlanned: true, delayIsKnown: false)) == [rule])
        }
    }

    @Test("a generator that was stopped for 300 ms of 5 s, and one under a quota, are detected")
    func starved() {
        // T8: 5.8 % of the requests 10 to 300 ms late.
        let stopped = self.judged {
            $0.sendLag = Evidence.Quantiles(p50: 60_000, p99: 250_000_000, maximum: 305_000_000)
            $0.response = Evidence.Quantiles(p50: 5_000_000, p99: 255_000_000, maximum: 320_000_000)
            $0.lateGenerator = 3_500
            $0.workers[0].loopLagMaximum = 305_000_000
        }
        #expect(stopped.latency.verdict == .invalid)
        let quota = self.judged {
            $0.achievedStarts = 50_000
            $0.neverStarted = 10_000
            $0.lateGenerator = 40_000
        }
        #expect(quota.counts.verdict == .invalid)
        #expect(quota.throughput.verdict == .invalid)
    }

    @Test("what the server made late does not count against the generator")
    func slowServer() {
        let validity = self.judged {
            $0.achievedStarts = 40_000
            $0.neverStarted = 20_000
            $0.lateServer = 30_000
            $0.sendLag = Evidence.Quantiles(p50: 2_000_000_000, p99: 9_000_000_000, maximum: 10_000_000_000)
            $0.response = Evidence.Quantiles(p50: 3_000_000_000, p99: 10_000_000_000, maximum: 11_000_000_000)
            $0.usersHeld = 1_500
        }
        #expect(validity.verdict == .valid, "\(self.rules(validity))")
        // The server hangs: nothing is late, because nothing starts any more. One start was late by chance.
        let hung = self.judged {
            $0.achievedStarts = 40_000
            $0.neverStarted = 20_000
            $0.lateGenerator = 1
        }
        #expect(hung.verdict == .valid, "\(self.rules(hung))")
    }

    @Test("behind a slow server the generator's lag is found from what is known of it")
    func ownLagBehindSlowServer() {
        func judged(_ change: (inout Evidence) -> Void) -> RunValidity {
            self.judged {
                $0.lateServer = 30_000
                $0.response = Evidence.Quantiles(p50: 5_000_000, p99: 9_000_000, maximum: 900_000_000)
                change(&$0)
            }
        }
        let own = judged { $0.generatorLag = Evidence.Quantiles(p50: 1, p99: 3_000_000, maximum: 4_000_000) }
        #expect(own.latency.verdict == .invalid)
        #expect(self.rules(own) == ["send_lag_p99"])
        let counted = judged { $0.lateGenerator = 700 }
        #expect(self.rules(counted) == ["starts_late"])
        #expect(counted.latency.verdict == .invalid)
        let new = judged {
            $0.lateServer = 0
            $0.keepsConnections = false
            $0.sendLag?.p99 = 8_000_000
        }
        #expect(new.verdict == .valid, "the time to connect is the server's")
    }

    @Test("an unknown value proves nothing")
    func unknown() {
        let blind = self.judged {
            $0.sendLag = nil
            $0.workers = []
        }
        #expect(self.rules(blind) == ["lag_unknown"])
        #expect(blind.latency.verdict == .suspect)
        let early = self.judged { $0.hold = 0 }
        #expect(self.initials(early) == "VSSS")
        #expect(self.rules(early) == ["no_hold"])
        let preempted = self.judged {
            $0.clientDelay = nil
            $0.workers[0].runDelayShare = nil
            $0.workers[0].involuntarySwitchesPerSecond = 101
        }
        #expect(self.rules(preempted) == ["preempted"])
    }

    @Test("a load that changes is not judged for drift, and a probe counts only beside a busy worker")
    func conditions() {
        let ramp = self.judged {
            $0.isConstant = false
            $0.drift = Drift(correlation: 1, pValue: 0, change: 3)
        }
        #expect(ramp.verdict == .valid)
        let idle = self.judged { $0.probeP99 = 10_000_000 }
        #expect(idle.verdict == .valid)
        let busy = self.judged {
            $0.probeP99 = 10_000_000
            $0.workers[0].cpuShare = 0.85
        }
        #expect(self.rules(busy) == ["probe"])
    }

    @Test("tiny lags are no reason, however fast the server is")
    func floors() {
        let validity = self.judged {
            $0.response = Evidence.Quantiles(p50: 120_000, p99: 400_000, maximum: 5_000_000)
            $0.service = Evidence.Quantiles(p50: 80_000, p99: 300_000, maximum: 4_000_000)
            $0.workers[0].loopLagMaximum = 3_000_000
        }
        #expect(validity.verdict == .valid, "\(self.rules(validity))")
    }

    @Test("thresholds can be moved")
    func thresholds() {
        var strict = ValidityThresholds()
        strict.suspectLagFloorP99 = 0
        strict.suspectShare = 0.005
        #expect(Validity.judge(Self.sound(), thresholds: strict).latency.verdict == .suspect)
    }

    @Test("a claim is in use if an objective or an assumption rests on it")
    func inUse() {
        let invalid = self.judged { $0.sendLag?.p99 = 19_000_000 }
        let usual = RunValidity.claimsInUse(objectives: [.errors, .held])
        #expect(usual == [.counts, .held])
        #expect(invalid.verdict(of: usual) == .valid)
        #expect(invalid.verdict == .invalid)
        let latency = RunValidity.claimsInUse(objectives: [.errors, .held, .latency])
        #expect(invalid.verdict(of: latency) == .invalid)
        #expect(RunValidity.claimsInUse(objectives: [], assumed: [.throughput]) == [.throughput])
        #expect(invalid.verdict(of: []) == .valid)
    }

    @Test("evidence with impossible numbers is judged without a trap")
    func extremes() {
        var evidence = Self.sound()
        evidence.achievedStarts = .max
        evidence.lateServer = .max
        evidence.lateGenerator = .max
        evidence.ownFailures = .max
        evidence.failed = 0
        evidence.descriptors = Evidence.Headroom(used: .max, limit: 0)
        evidence.workers[0].cpuShare = .nan
        evidence.stealShare = .infinity
        #expect(Validity.judge(evidence).verdict != .valid)
    }
}
