import Testing
import Workload

/// How users join: at the pace of their plan, unless the profile sets something else.
@Suite struct JoinTests {
    private static let second: UInt64 = 1_000_000_000

    private func join(_ pause: Pause = .none, count: Int = 10, _ change: (inout Load) -> Void = { _ in }) -> Join {
        var load = Load()
        load.users = 2_000
        change(&load)
        return Profile(
            name: "t", target: TargetURL(scheme: .http, host: "h", port: 80, path: "/"),
            session: [Step(path: "/", repeatCount: count, pause: pause)], load: load
        ).unfolded().join
    }

    @Test("The join of the document's pace takes one gap, with and without a plan of the sessions")
    func document() {
        let gap = 43_200_000_000 as UInt64
        let expected = Join(kind: .placed, length: gap, cycle: gap)
        #expect(self.join(.every(.constant(gap))) == expected)
        #expect(self.join(.every(.constant(gap))) { $0.cycle = .every(.constant(10 * gap)) } == expected)
    }

    @Test("A ramp that is shorter than the plan's own makes a burst, and the join has its size")
    func burst() {
        let gap = 43_200_000_000 as UInt64
        let join = self.join(.every(.constant(gap))) { $0.ramp = 400_000_000 }
        #expect(join.kind == .spread && join.length == 400_000_000 && join.burst == 108)
        let none = self.join(.every(.constant(gap))) { $0.rampGiven = true }
        #expect(none.kind == .spread && none.length == 0 && (none.burst ?? 0) > 1e9)
        let longer = self.join(.every(.constant(gap))) { $0.ramp = 2 * gap }
        #expect(longer == Join(kind: .placed, length: 2 * gap, cycle: gap))
    }

    @Test("Back to back, cold, open and storms have no pace to join at; silent users join in turn")
    func others() {
        let every = Pause.every(.constant(Self.second))
        #expect(self.join() == Join(kind: .ramped, length: 0))
        #expect(self.join { $0.ramp = 5 } == Join(kind: .ramped, length: 5))
        #expect(self.join(every) { $0.start = .cold }.kind == .ramped)
        #expect(self.join(every) { $0.becomeStorm() }.kind == .ramped)
        #expect(self.join { $0.silence = 60 * Self.second } == Join(kind: .inTurn, length: 0, cycle: 60 * Self.second))
        #expect(self.join(every) { $0.sessions = 4_000 } == Join(kind: .whole, length: Self.second, cycle: Self.second))
        #expect(self.join(.think(.constant(Self.second)), count: 1).kind == .ramped, "no pause follows a session's last")
    }

    @Test("The longest pause gives the length of the join; if there is none, the mean does")
    func lengths() {
        #expect(self.join(.think(.uniform(Self.second, 3 * Self.second))).length == 3 * Self.second)
        #expect(self.join { $0.cycle = .between(.constant(7 * Self.second)) }.length == 7 * Self.second)
        let drawn = self.join(.every(.exponential(2 * Self.second)))
        #expect(drawn == Join(kind: .spread, length: 2 * Self.second, cycle: 2 * Self.second))
    }
}
