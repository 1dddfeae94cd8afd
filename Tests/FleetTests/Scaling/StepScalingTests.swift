import Fleet
import Testing

@Suite struct StepScalingTests {
    /// AWS's example: 10 % more from 60 % on, 30 % more from 70 % on, 10 % fewer from 40 % down, 30 % fewer from 30 %.
    static var example: StepScaling {
        var policy = StepScaling()
        policy.out = StepScaling.Side(at: 0.5, periods: 1, [
            .init(from: 0, to: 0.1, 0), .init(from: 0.1, to: 0.2, 10), .init(from: 0.2, 30),
        ])
        policy.in = StepScaling.Side(at: 0.5, periods: 1, [
            .init(from: -0.1, to: 0, 0), .init(from: -0.2, to: -0.1, -10), .init(to: -0.2, -30),
        ])
        return policy
    }

    @Test("AWS's worked example: 10 instances become 11 at 60 %, 14 at 70 %, 13 at 40 % and 10 at 30 %")
    func workedExample() {
        let policy = Self.example
        #expect(policy.desired(isOut: true, metric: 0.6, current: 10, desired: 10) == 11)
        #expect(policy.desired(isOut: true, metric: 0.7, current: 11, desired: 11) == 14)
        #expect(policy.desired(isOut: false, metric: 0.4, current: 14, desired: 14) == 13)
        #expect(policy.desired(isOut: false, metric: 0.3, current: 13, desired: 13) == 10)
    }

    @Test("AWS's example of the warm-up: at 62 % nothing is added to the 11, at 70 % they become 13")
    func warmUp() {
        let policy = Self.example
        #expect(policy.desired(isOut: true, metric: 0.62, current: 10, desired: 11) == 11)
        #expect(policy.desired(isOut: true, metric: 0.7, current: 10, desired: 11) == 13)
    }

    @Test("Between 40 % and 60 % nothing changes, and a bound belongs to the side of its alarm")
    func bounds() {
        let policy = Self.example
        for metric in [0.41, 0.45, 0.5, 0.55, 0.599] {
            #expect(policy.desired(isOut: true, metric: metric, current: 10, desired: 10) == 10)
            #expect(policy.desired(isOut: false, metric: metric, current: 10, desired: 10) == 10)
        }
        #expect(policy.desired(isOut: true, metric: 0.699, current: 10, desired: 10) == 11)
        #expect(policy.desired(isOut: false, metric: 0.301, current: 10, desired: 10) == 9)
    }

    @Test("A percentage is rounded as AWS documents it", arguments: [
        (12.7, 12), (0.67, 1), (-0.58, -1), (-6.67, -6), (1.0, 1), (-1.0, -1), (0, 0), (28.999_999_999_999_996, 29),
    ])
    func rounding(change: Double, whole: Int) {
        #expect(StepScaling.rounded(change) == whole)
    }

    @Test("25 % of 4 instances with a minimum magnitude of 2 adds 2, AWS's example")
    func minimumMagnitude() {
        var policy = StepScaling()
        policy.minimumMagnitude = 2
        policy.out.adjustments = [.init(25)]
        policy.in.adjustments = [.init(-25)]
        #expect(policy.desired(isOut: true, metric: 0.8, current: 4, desired: 4) == 6)
        #expect(policy.desired(isOut: false, metric: 0.2, current: 4, desired: 4) == 2)
        policy.minimumMagnitude = 0
        #expect(policy.desired(isOut: true, metric: 0.8, current: 4, desired: 4) == 5)
    }

    @Test("Instances are added as a number, within the limit")
    func types() {
        var policy = StepScaling()
        policy.type = .instances
        policy.out.adjustments = [.init(5)]
        #expect(policy.desired(isOut: true, metric: 0.8, current: 3, desired: 3) == 8)
        policy.out.adjustments = [.init(.infinity)]
        #expect(policy.desired(isOut: true, metric: 0.8, current: 0, desired: 0) == ScalingLimit.instances)
    }

    @Test("Target tracking rounds 1.5 more instances up to 2, and 1.5 fewer down to 1")
    func targetTracking() {
        let policy = TargetTracking()
        #expect(policy.desired(isOut: true, metric: 0.65, current: 5, desired: 5) == 7)
        #expect(policy.desired(isOut: false, metric: 0.35, current: 5, desired: 5) == 4)
        #expect(policy.desired(isOut: true, metric: 0.5, current: 20, desired: 20) == 20)
        // What warms up already is not launched again.
        #expect(policy.desired(isOut: true, metric: 1, current: 10, desired: 20) == 20)
    }
}
