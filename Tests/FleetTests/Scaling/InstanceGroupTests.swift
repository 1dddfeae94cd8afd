@testable import Fleet
import Testing

@Suite struct InstanceGroupTests {
    /// Steps of 30 s; 16.5 s until it runs, 55.8 s until it serves, 325.8 s until it is in the metric, 45 s of drain.
    static func group(_ instances: Int) -> InstanceGroup {
        var settings = ScalingSettings()
        settings.drain = .seconds(45)
        return InstanceGroup(InstanceGroup.Times(settings), instances: instances)
    }

    @Test("An instance is billed from running on, boots, warms up and is in the metric, each in the step after its time")
    func launch() {
        var group = Self.group(0)
        group.launch(10, at: 0)
        #expect(group.billed(from: 0) == 10 * 13_500)
        group.advance(to: 30_000)
        #expect(group.booting == 10 && group.billed(from: 30_000) == 10 * 30_000)
        group.advance(to: 60_000)
        #expect(group.booting == 0 && group.warming == 10 && group.inService == 10)
        group.advance(to: 300_000)
        #expect(group.warming == 10 && group.isScalingOut)
        group.advance(to: 330_000)
        #expect(group.warmed == 10 && !group.isScalingOut)
    }

    @Test("An instance that runs only in the second step is billed from there on")
    func longPending() {
        var settings = ScalingSettings()
        settings.pending = .seconds(45)
        settings.boot = .seconds(60)
        var group = InstanceGroup(InstanceGroup.Times(settings), instances: 0)
        group.launch(2, at: 0)
        #expect(group.billed(from: 0) == 0)
        group.advance(to: 30_000)
        group.launch(1, at: 30_000)
        #expect(group.billed(from: 30_000) == 2 * 15_000)
        group.advance(to: 60_000)
        #expect(group.billed(from: 60_000) == 2 * 30_000 + 15_000)
    }

    @Test("An instance that is removed is billed to the end of its drain, to the millisecond")
    func removal() {
        var group = Self.group(5)
        group.remove(2, at: 0)
        #expect(group.inService == 3 && group.draining == 2)
        #expect(group.billed(from: 0) == 5 * 30_000)
        group.advance(to: 30_000)
        #expect(group.billed(from: 30_000) == 3 * 30_000 + 2 * 15_000)
        group.advance(to: 60_000)
        #expect(group.draining == 0 && group.billed(from: 60_000) == 3 * 30_000)
    }

    @Test("Instances that boot are removed first, newest first, without a drain; then old ones, then those that warm up")
    func order() {
        var group = Self.group(4)
        group.launch(3, at: 0)
        group.advance(to: 60_000)
        group.launch(2, at: 60_000)
        #expect(group.warmed == 4 && group.warming == 3 && group.booting == 2)
        group.remove(3, at: 60_000)
        #expect(group.warmed == 3 && group.warming == 3 && group.booting == 0 && group.draining == 1)
        group.advance(to: 90_000)
        group.remove(4, at: 90_000)
        #expect(group.warmed == 0 && group.warming == 2 && group.draining == 5)
        group.advance(to: 330_000)
        #expect(group.warmed == 2 && group.draining == 0 && group.booting == 0)
        group.remove(10, at: 330_000)
        #expect(group.inService == 0 && group.draining == 2)
    }
}
