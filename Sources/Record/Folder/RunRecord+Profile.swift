import Measure
import Workload

extension RunRecord.Plan {
    /// The plan of a profile, for so many users: `asked` of a closed load, at most as many at once of an open one.
    public init(profile: Profile, threads: Int, asked: UInt64) {
        self.init(
            name: profile.name, url: profile.target.text, session: profile.sessionText,
            requestsPerSession: UInt64(profile.requestsPerSession ?? 0),
            model: profile.load.open == nil ? .closed : .open,
            pace: LoadPace(
                text: profile.paceText, isPlanned: profile.isPlanned, isStorm: profile.load.isStorm,
                isConstant: profile.isConstant,
                requestsPerSecond: profile.plannedRequestsPerSecond(ofUsers: Int(clamping: asked)),
                arrivals: profile.load.open.map(LoadPace.Arrivals.init)),
            connection: Connection(profile.connection), usersAsked: asked, threads: threads,
            ramp: profile.join.length, warmup: profile.load.warmup,
            hold: profile.load.sessions == nil || profile.load.holdGiven ? profile.load.holdLength : nil,
            sessions: profile.load.sessions.map(UInt64.init), seed: profile.load.seed,
            tick: profile.load.tick)
        self.warmupIsAuto = profile.load.warmupIsAuto
        self.steps = profile.recordedSteps.map {
            Step(number: $0.index + 1, title: $0.title, words: $0.words)
        }
        self.streams = profile.sharing
        self.burst = profile.join.burst ?? 0
    }
}

extension RunRecord.Plan.Connection {
    /// How long a connection of a profile lives.
    fileprivate init(_ policy: ConnectionPolicy) {
        switch policy {
        case .perUser: self = .perUser
        case .perSession: self = .perSession
        case .perRequest: self = .perRequest
        }
    }
}

extension LoadPace.Arrivals {
    /// The arrivals of an open load.
    fileprivate init(_ open: OpenLoad) {
        let process =
            switch open.plan.process {
            case .even: "constant"
            case .poisson: "poisson"
            case .recorded: "recorded"
            }
        self.init(process: process, sessionsPerSecond: open.plan.highestRate)
    }
}
