import Units

extension Load {
    /// Highest rate of a probe, in requests/s: low beside the load, or it would be load itself.
    public static let probeLimit = 100.0

    func check(_ flaws: inout ValidationErrors) {
        flaws.checkTime(.loadRamp, self.ramp, zero: true)
        flaws.checkTime(.loadWarmup, self.warmup, zero: true)
        flaws.checkTime(.loadHold, self.hold, zero: false)
        if let open { self.checkOpen(open, &flaws) } else { self.checkClosed(&flaws) }
        self.caps.check(&flaws)
        if let probe, !(probe > 0 && probe <= Self.probeLimit) {
            flaws.add(
                .loadProbe,
                "a probe of \(ArrivalRate.number(probe)) requests/s; use more than 0 and at most "
                    + ArrivalRate.number(Self.probeLimit))
        }
        if self.abort.count > AbortRule.countLimit {
            flaws.add(
                .loadAbort,
                "\(self.abort.count) rules are more than the \(AbortRule.countLimit) that are allowed")
        }
    }

    private func checkClosed(_ flaws: inout ValidationErrors) {
        let usersAreRight = (1...Profile.usersLimit).contains(self.users)
        if !usersAreRight { flaws.add(.loadUsers, "\(self.users) users; use 1 to \(Profile.usersLimit)") }
        switch self.cycle {
        case .none: break
        case .every(let gap): flaws.checkGap(.loadEvery, gap, zero: false)
        case .between(let gap): flaws.checkGap(.loadBetween, gap, zero: true)
        }
        guard let sessions = self.sessions else { return }
        if self.warmupIsAuto {
            flaws.add(
                .loadWarmup,
                "with a number of sessions every one counts, so there is no warm-up; give a `hold` instead")
        }
        if sessions < 1 {
            flaws.add(.loadSessions, "\(sessions) sessions in all; use 1 or more")
        } else if usersAreRight, sessions < self.users {
            flaws.add(
                .loadSessions,
                "\(sessions) sessions in all for \(self.users) users, but each user runs at least one; "
                    + "use at most \(sessions) users or at least \(self.users) sessions")
        }
    }

    private func checkOpen(_ open: OpenLoad, _ flaws: inout ValidationErrors) {
        if let users = open.maxUsers, !(1...Profile.usersLimit).contains(users) {
            flaws.add(.loadMaxUsers, "\(users) users; use 1 to \(Profile.usersLimit)")
        }
        let advice = "is for held users; in an open load sessions start by the plan alone"
        switch self.cycle {
        case .none: break
        case .every: flaws.add(.loadEvery, "this \(advice)")
        case .between: flaws.add(.loadBetween, "this \(advice)")
        }
        if self.ramp > 0 { flaws.add(.loadRamp, "this \(advice); use a stage with `ramp`") }
        if self.sessions != nil {
            flaws.add(.loadSessions, "a number of sessions in all \(advice); say with `hold` how long")
        }
        self.checkDue(open.plan, &flaws)
        guard let length = open.plan.length else { return }
        if self.warmupIsAuto, !open.plan.isConstant(from: 0, to: length) {
            flaws.add(
                .loadWarmup,
                "`auto` needs a load that does not change, and this is \(open.plan.text); give a time")
        } else if self.warmupIsAuto, length < Self.autoWarmupPlanShortest {
            flaws.add(
                .loadWarmup,
                "`auto` takes 20s at least and this plan ends after \(TimeSpan.text(length)); give a time, or a "
                    + "plan of \(TimeSpan.text(Self.autoWarmupPlanShortest)) or more")
        }
        if self.holdGiven, saturatedSum([self.warmup, self.hold]) > length {
            flaws.add(
                .loadHold,
                "warm-up and hold are longer than the plan, which ends after \(TimeSpan.text(length)); "
                    + "leave `hold` out to measure all of it")
        } else if !self.holdGiven, self.warmup >= length {
            flaws.add(
                .loadWarmup,
                "the plan ends after \(TimeSpan.text(length)), so nothing would be measured; use less")
        }
    }

    /// A plan without anything due in the hold would measure nothing.
    private func checkDue(_ plan: ArrivalPlan, _ flaws: inout ValidationErrors) {
        // The length of an automatic warm-up is not known in advance. Without a hold of its own the whole plan is
        // measured.
        let start = self.warmupIsAuto ? 0 : self.warmup
        let end = saturatedSum([start, self.holdLength])
        // A hold past the plan's end, or without length, is reported elsewhere.
        guard end > start, end <= plan.length ?? .max, plan.isEmpty(from: start, to: end, seed: self.seed) else {
            return
        }
        let first = plan.first(seed: self.seed).map { "its first session is due after \(TimeSpan.text($0))" }
        flaws.add(
            .loadHold,
            "the plan (\(plan.text)) has no session due in it; \(first ?? "it has none at all"): hold longer, or plan "
                + "a higher rate")
    }
}

extension LoadCaps {
    fileprivate func check(_ flaws: inout ValidationErrors) {
        if let rate, !(rate > 0 && rate.isFinite) {
            flaws.add(.loadMaxRate, "a cap of 0 starts nothing; use a rate above 0, such as 5000/s")
        }
        if self.bytes == 0 {
            flaws.add(.loadMaxBytes, "a cap of 0 sends nothing; use a size above 0, such as 10GB")
        }
        if let duration { flaws.checkTime(.loadMaxDuration, duration, zero: false) }
    }
}

extension Profile {
    /// Checks for a plan that is longer than its cap.
    func checkDuration(_ flaws: inout ValidationErrors) {
        // With a number of sessions and no hold the length is not known, so the cap ends the run.
        let isKnown = self.load.sessions == nil || self.load.holdGiven
        guard let most = self.load.caps.duration, most > 0, isKnown else { return }
        let length = saturatedSum([self.join.length, self.load.warmup, self.load.holdLength])
        if length > most {
            flaws.add(
                .loadMaxDuration,
                "the run is planned to take \(TimeSpan.text(length)), more than this; shorten one or raise it"
            )
        }
    }

    /// Checks that need both the session and the arrivals.
    func checkArrivals(_ flaws: inout ValidationErrors) {
        guard let open = self.load.open, let most = self.load.caps.rate,
            let requests = self.requestsPerSession
        else { return }
        let planned = open.plan.highestRate * Double(requests)
        // A billionth of slack, for a rate that was divided by the requests and multiplied again.
        if planned > most * (1 + 1e-9) {
            flaws.add(
                .loadMaxRate,
                "the plan goes up to \(ArrivalRate.number(planned)) requests/s, more than this cap; lower the "
                    + "plan or raise the cap")
        }
    }

    /// Checks for objectives that do not fit the session or the load. `given`: the profile that was unfolded into this
    /// one.
    func checkObjectives(_ flaws: inout ValidationErrors, given: Profile) {
        if self.slo.count > SLO.countLimit {
            flaws.add(
                .slo, "\(self.slo.count) objectives are more than the \(SLO.countLimit) that are allowed")
            return
        }
        let recorded = self.namedSteps.count
        if recorded > Self.recordedStepsLimit {
            flaws.add(
                .slo,
                "objectives name \(recorded) steps of the session, and \(Self.recordedStepsLimit) can be recorded "
                    + "apart; name fewer")
        }
        for (index, slo) in self.slo.enumerated() {
            let path = "slo[\(index)]"
            if let step = slo.step, self.steps(of: slo).isEmpty {
                let advice =
                    given.steps(of: slo).isEmpty
                    ? "no step is \(quoted(step))\(self.stepAdvice(step))"
                    : "users that are silent make the session's first step alone, and \(quoted(step)) is another; "
                        + "drop it, or judge them by objectives of their own"
                flaws.add(path, advice)
            }
            if [.heldEqualsAsked, .connectionsEqualAsked].contains(slo.objective), self.load.open != nil {
                flaws.add(path, "an open load asks for no number of users, so none can be held; drop it")
            }
            let holdIsKnown = self.load.sessions == nil || self.load.holdGiven
            if let windows = slo.windows, holdIsKnown, windows.length > self.load.holdLength {
                flaws.add(
                    path,
                    "no window of \(TimeSpan.text(windows.length)) fits into a hold of "
                        + "\(TimeSpan.text(self.load.holdLength))")
            }
        }
    }

    /// Suggests the step that was meant, or lists the first steps.
    private func stepAdvice(_ step: String) -> String {
        let known = self.session.compactMap(\.name) + self.session.map { "\($0.method) \($0.path)" }
        if let meant = nearest(step, in: known) { return "; did you mean \(quoted(meant))?" }
        let shown = known.prefix(Self.stepsShown).map { quoted($0) }.joined(separator: ", ")
        return "; known here: \(shown)\(known.count > Self.stepsShown ? ", …" : "")"
    }
}
