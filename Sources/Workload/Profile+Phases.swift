import Units

/// Load kinds about connections, besides a steady load: users that connect all at once, and silent users.
extension Profile {
    /// In a trial of a search, users without a pace connect at this rate: all in the same microsecond would only test
    /// the listen queue. Nanoseconds per user.
    public static let rampPerUser: UInt64 = 200_000

    /// How long the users of a storm may take to connect, so that the last of them sends again within the hold.
    /// Nanoseconds.
    public static let stormMargin: UInt64 = 1_000_000_000

    /// This profile with `load.storm` and `load.idle` carried out. An idle user sends the session's first request when
    /// it joins and again at the end of each silence. By default a hold is one silence long, so that each user sends
    /// once more right before its end. In a storm, whose hold begins with the first connect, it is `stormMargin`
    /// longer.
    public func unfolded() -> Profile {
        var profile = self
        if self.load.isStorm { profile.load.start = .cold }
        guard let silence = self.load.silence else { return profile }
        profile.session = Array(self.session.prefix(1))
        for index in profile.session.indices {
            profile.session[index].repeatCount = 1
            profile.session[index].pause = .every(.constant(silence))
        }
        profile.load.cycle = .none
        profile.load.start = .cold
        let shortest = self.load.isStorm ? silence + Self.stormMargin : silence
        profile.load.hold = self.load.holdGiven ? max(self.load.hold, shortest) : shortest
        profile.load.holdGiven = true
        return profile
    }
}

extension Load {
    /// Makes all users connect at once; ramp and warm-up do not apply then.
    public mutating func becomeStorm() {
        self.isStorm = true
        self.ramp = 0
        self.rampGiven = false
        self.warmup = 0
        self.warmupIsAuto = false
    }

    /// Checks for impossible storms and silences.
    func checkPhases(_ flaws: inout ValidationErrors) {
        if self.isStorm { self.checkStorm(&flaws) }
        guard let silence else { return }
        flaws.checkTime(.loadIdle, silence, zero: false)
        if self.open != nil {
            flaws.add(.loadIdle, "idle users are held; in an open load sessions start by the plan alone")
        }
        if self.sessions != nil {
            flaws.add(.loadSessions, "idle users are held for a time; say with `hold` how long")
        }
        if self.holdGiven && self.hold < silence {
            flaws.add(
                .loadHold,
                "a hold shorter than the silence of \(TimeSpan.text(silence)) has no second request; leave it out, or "
                    + "use at least that")
        }
        if self.warmupIsAuto { flaws.add(.loadWarmup, "`auto` finds nothing in silence; give a time") }
        if self.connection != .perUser {
            flaws.add(
                .loadConnection, "\(self.connection.rawValue) ends the connection that is to be held; use per_user")
        }
    }

    private func checkStorm(_ flaws: inout ValidationErrors) {
        let isMeasured = "a storm is measured from its first connect"
        if self.open != nil {
            flaws.add(.loadStorm, "a storm is of held users; in an open load sessions start by the plan alone")
        }
        if self.ramp > 0 { flaws.add(.loadRamp, "in a storm all users connect at once; leave it out") }
        if self.warmup > 0 || self.warmupIsAuto { flaws.add(.loadWarmup, "\(isMeasured); leave it out") }
        if self.sessions != nil { flaws.add(.loadSessions, "\(isMeasured) to the end of its hold; use `hold`") }
    }
}
