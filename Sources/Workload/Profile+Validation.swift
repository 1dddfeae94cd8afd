import Units

/// One invalid value of a profile: where it is, as a path of keys (`load.users`, `session[2].repeat`; steps count from
/// 0), and what to do about it.
public struct ProfileFlaw: Sendable, Equatable, CustomStringConvertible {
    /// The path of keys.
    public let path: String
    /// What is wrong and what to do about it.
    public let message: String

    /// `path: message`.
    public var description: String { "\(self.path): \(self.message)" }
}

extension Profile {
    /// Most bytes of a name: it becomes part of a folder's name.
    public static let nameLengthLimit = 64
    /// Most users of one process: each costs memory that is taken at the start.
    public static let usersLimit = 10_000_000
    /// Most steps of a session; `repeat` gives more requests.
    public static let stepsLimit = 1_000
    /// Most bytes of one request's body.
    public static let bodyLimit: UInt64 = 16 << 20
    /// Most bytes of all bodies: each worker keeps its requests as bytes.
    public static let bodiesLimit: UInt64 = 64 << 20

    /// All invalid values, from a file or from flags; empty for a profile that can run.
    public func validate() -> [ProfileFlaw] {
        var flaws = ValidationErrors()
        self.checkName(&flaws)
        flaws.check(ProfileKey.url.path) { () throws(ParseError) in try HTTPField.checkPath(self.target.path) }
        self.timeouts.check(&flaws)
        self.checkTarget(&flaws)
        self.checkSession(&flaws)
        let before = flaws.flaws.count
        self.load.checkPhases(&flaws)
        // The unfolded profile has to be valid; if it cannot be made, the given one is checked.
        let carriedOut = flaws.flaws.count == before ? self.unfolded() : self
        carriedOut.load.check(&flaws)
        carriedOut.checkDuration(&flaws)
        carriedOut.checkPlan(&flaws)
        carriedOut.checkTick(&flaws)
        carriedOut.checkArrivals(&flaws)
        carriedOut.checkObjectives(&flaws, given: self)
        return flaws.flaws
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
    }

    private func checkName(_ flaws: inout ValidationErrors) {
        // The name becomes part of a folder's name, so `..` and `/` must not be in it.
        flaws.checkName(ProfileKey.profileName.path, self.name)
    }

    private func checkSession(_ flaws: inout ValidationErrors) {
        guard !self.session.isEmpty else {
            flaws.add(.session, "a session needs at least one step, such as `- get: /`")
            return
        }
        guard self.session.count <= Self.stepsLimit else {
            flaws.add(
                .session, "\(self.session.count) steps are more than the \(Self.stepsLimit) that are allowed"
            )
            return
        }
        var names: Set<String> = []
        for (index, step) in self.session.enumerated() {
            step.check("session[\(index)]", &flaws)
            if let name = step.name, !names.insert(name).inserted {
                flaws.add(
                    "session[\(index)].name", "\(quoted(name)) is another step's name already; use a new one")
            }
        }
        let repeats = self.session.map(\.repeatCount)
        if self.requestsPerSession == nil,
            repeats.allSatisfy({ (1...Self.requestsPerSessionLimit).contains($0) })
        {
            flaws.add(
                .session,
                "a session of more than \(Self.requestsPerSessionLimit) requests; repeat less and run more sessions"
            )
        }
        // At most 1,000 arrays in memory, so their sizes cannot overflow.
        let bodies = self.session.reduce(UInt64(0)) { $0 + UInt64($1.body.count) }
        if bodies > Self.bodiesLimit {
            flaws.add(
                .session,
                "bodies of \(ByteSize.text(bodies)) in all; at most \(ByteSize.text(Self.bodiesLimit))")
        }
    }

    /// Some start is due by a plan, whatever the answers are.
    private var hasPlannedStarts: Bool {
        if self.load.open != nil { return true }
        if case .every = self.load.cycle { return true }
        return self.session.contains { if case .every = $0.pause { true } else { false } }
    }

    private func checkTick(_ flaws: inout ValidationErrors) {
        let tick = self.load.tick
        if tick == 0 { return }
        if !Load.tickRange.contains(tick) {
            flaws.add(
                .loadTick,
                "\(TimeSpan.text(tick)) is no tick; use \(TimeSpan.text(Load.tickRange.lowerBound)) to "
                    + "\(TimeSpan.text(Load.tickRange.upperBound)): planned starts wait for it, up to one tick, and "
                    + "below the least no wake-up is saved")
        } else if !self.hasPlannedStarts {
            flaws.add(
                .loadTick,
                "nothing starts by a plan here, so there is nothing to take together; leave it out, or set a plan "
                    + "with `every`")
        }
    }

    /// Checks that need both the session and the load.
    private func checkPlan(_ flaws: inout ValidationErrors) {
        guard case .every(.constant(let cycle)) = self.load.cycle, let requests = self.requestsPerSession
        else { return }
        var planned: UInt128 = 0
        for step in self.session {
            guard case .every(.constant(let gap)) = step.pause else { return }
            planned += UInt128(gap) * UInt128(step.repeatCount)
        }
        // The last request's gap is between sessions, where the cycle applies.
        if requests > 0, case .every(.constant(let last)) = self.session.last?.pause {
            planned -= UInt128(last)
        }
        guard planned > UInt128(cycle) else { return }
        let length = UInt64(exactly: planned).map(TimeSpan.text) ?? "longer than 500 years"
        flaws.add(
            .loadEvery,
            "sessions every \(TimeSpan.text(cycle)) cannot be: by its `every` a session takes \(length)"
        )
    }
}

extension Timeouts {
    fileprivate func check(_ flaws: inout ValidationErrors) {
        flaws.checkTime(.timeoutConnect, self.connect, zero: false)
        flaws.checkTime(.timeoutFirstByte, self.firstByte, zero: false)
        flaws.checkTime(.timeoutIdle, self.idle, zero: false)
        flaws.checkTime(.timeoutTotal, self.total, zero: false)
    }
}

extension Step {
    fileprivate func check(_ path: String, _ flaws: inout ValidationErrors) {
        if let name = self.name { flaws.checkName("\(path).name", name) }
        flaws.check("\(path).method") { () throws(ParseError) in try HTTPField.checkMethod(self.method) }
        flaws.check("\(path).path") { () throws(ParseError) in try HTTPField.checkPath(self.path) }
        flaws.check("\(path).headers") { () throws(ParseError) in try HTTPField.check(self.headers) }
        if self.body.count > Profile.bodyLimit {
            let size = ByteSize.text(UInt64(self.body.count))
            flaws.add("\(path).body", "a body of \(size); at most \(ByteSize.text(Profile.bodyLimit))")
        }
        if self.method == "TRACE", !self.body.isEmpty {
            flaws.add("\(path).body", "a TRACE request must not have a body (RFC 9110 9.3.8); drop it")
        }
        if !(1...Profile.requestsPerSessionLimit).contains(self.repeatCount) {
            flaws.add(
                "\(path).repeat", "\(self.repeatCount) times; use 1 to \(Profile.requestsPerSessionLimit)")
        }
        switch self.pause {
        case .none: break
        case .every(let gap): flaws.checkGap("\(path).every", gap, zero: false)
        case .think(let gap): flaws.checkGap("\(path).think", gap, zero: true)
        }
        // 1xx answers are interim and never final (RFC 9110 15.2).
        if let status = self.expectStatus, !(200...599).contains(status) {
            flaws.add("\(path).expect.status", "\(status) is no final status; use 200 to 599")
        }
        if self.method == "HEAD", let bytes = self.expectBytes, bytes > 0 {
            flaws.add("\(path).expect.bytes", "the answer to HEAD has no body; expect 0 or leave it out")
        }
    }
}
