import Capacity
import Measure
import Target
import Testing
import Workload

@testable import Runner

extension RunnerLoads {
    /// Searches in this process.
    @Suite struct CapacityRunnerTests {
        /// Counts what a search reports.
        private final class Counts: SearchObserver {
            var paces: [String] = []
            var trials: [Int] = []
            var shown = 0

            func begin(_ pace: PacePlan) { self.paces.append(pace.pace) }
            func show(_ search: Search, doing: String, elapsed: UInt64) { self.shown += 1 }
            func note(_ unrecovered: Unrecovered) {}
            func end(_ number: Int, _ search: Search) { self.trials.append(number) }
        }

        private static func plan(_ profile: Profile) throws -> PacePlan {
            var goal = try SearchGoal(variable: .users, maximum: 2, trial: 200_000_000)
            goal.isTrialGiven = true
            return try PacePlan(profile: profile, variable: .users, process: .even, goal: goal).paced()
        }

        @Test("an observer sees every trial in order, and the end has an answer at the pace")
        func observed() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(port: server.port)
                let counts = Counts()
                let plan = try Self.plan(profile)
                let runner = try CapacityRunner(
                    [plan], SearchSettings(), Loads.context(profile, Notices()), observer: counts)
                #expect(runner.name == "capacity-test")
                let end = try runner.carryOut(into: nil)
                #expect(counts.paces == [plan.pace] && counts.shown > 0)
                #expect(!counts.trials.isEmpty && counts.trials == Array(1...counts.trials.count))
                #expect(end.findings.count == 1 && !end.exits.isEmpty && !end.exits.contains(.defect))
                #expect(end.recordPath == nil && end.json.first == UInt8(ascii: "{"))
            }
        }

        @Test("a command before a trial that fails ends the search with its reason")
        func beforeTrial() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(port: server.port)
                var settings = SearchSettings()
                settings.beforeTrial = "exit 3"
                let counts = Counts()
                let runner = try CapacityRunner(
                    [try Self.plan(profile)], settings, Loads.context(profile, Notices()), observer: counts)
                let error = #expect(throws: CommandError.self) { try runner.carryOut(into: nil) }
                #expect(error?.code == .usage)
                #expect(error?.sentence == "--before-trial 'exit 3': it ended with exit code 3")
                #expect(counts.trials.isEmpty)
            }
        }
    }
}
