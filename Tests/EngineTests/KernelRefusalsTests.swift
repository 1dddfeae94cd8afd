import Testing

@testable import Engine

@Suite("Settings that the kernel refused")
struct KernelRefusalsTests {
    @Test("what failed is named once, in a fixed order; what succeeded is not")
    func named() {
        let refusals = KernelRefusals()
        refusals.note(.noDelay, status: 0)
        #expect(refusals.all.isEmpty)
        refusals.note(.localPortWindow, status: -1)
        refusals.note(.cpuPin, status: -1)
        refusals.note(.cpuPin, status: 22)
        refusals.note(.cpuPin, status: 0)
        #expect(refusals.all == [.cpuPin, .localPortWindow])
        #expect(refusals.all.map(\.name) == ["cpu_pin", "local_port_window"])
        #expect(Set(KernelSetting.allCases.map(\.name)).count == KernelSetting.allCases.count)
    }

    @Test("a thread that cannot be pinned still runs, and the refusal is recorded")
    func pin() throws {
        // More CPUs than any kernel's mask has.
        let thread = try LoopThread(name: "unpinned", cpu: 1_000_000) {}
        thread.join()
        #expect(KernelRefusals.ofProcess.all.contains(.cpuPin))
    }
}
