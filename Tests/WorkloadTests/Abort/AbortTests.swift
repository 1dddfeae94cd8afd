import Testing

@testable import Workload

@Suite("When a run stops by itself")
struct AbortTests {
    @Test("a rule is read and printed in one way")
    func reads() throws {
        let errors = try AbortRule.parse("errors > 5% for 10s")
        #expect(errors == AbortRule(text: "errors > 5% for 10s", measure: .errors, limit: 0.05, seconds: 10))
        let cpu = try AbortRule.parse("target_cpu>95.5%  for 60s")
        #expect(
            cpu
                == AbortRule(
                    text: "target_cpu > 95.5% for 1m", measure: .targetCPU, limit: 0.955, seconds: 60))
        #expect(try AbortRule.parse(cpu.text) == cpu && AbortRule.parse(AbortRule.mostFail.text) == .mostFail)
        #expect(try AbortRule.parse("errors > 0% for 1s").limit == 0)
    }

    @Test(
        "a text that is no rule is an error that explains how to write it",
        arguments: [
            ("", "no rule"), ("errors > 5%", "no rule"), ("errors > 5% in 10s", "no rule"),
            ("errors < 5% for 10s", "write `>`"), ("errors > 5 for 10s", "not a percentage"),
            ("errors > 100% for 10s", "nothing is more"), ("errors > 101% for 10s", "more than everything"),
            ("errors > -1% for 10s", "not a percentage"), ("errors > 5% for 10", "no unit"),
            ("errors > 5% for 500ms", "whole seconds"), ("errors > 5% for 0", "whole seconds"),
            ("errors > 5% for 25h", "whole seconds"), ("error > 5% for 10s", "did you mean `errors`?"),
            ("cpu > 5% for 10s", "known here: errors, resent, target_cpu"), ("\u{1B} > 5% for 10s", "\\u{1b}"),
            (String(repeating: "x", count: 101), "at most 100 bytes"),
        ])
    func refuses(_ text: String, _ fragment: String) {
        #expect { try AbortRule.parse(text) } throws: { "\($0)".contains(fragment) }
    }

    @Test("the default rule holds beside others, and an empty list turns all rules off")
    func effective() throws {
        let rule = try AbortRule.parse("errors > 5% for 10s")
        #expect(AbortRule.effective([rule, rule]) == [rule, .mostFail])
        #expect(AbortRule.effective([.mostFail]) == [.mostFail] && AbortRule.effective([]) == [])
        #expect(Load().abort == [.mostFail])
    }

    private typealias Second = AbortWatch.Second

    /// The number of the second, from 1, in which the watch stops; nil if it never does.
    private func stop(_ rules: [String], _ seconds: [Second]) throws -> Int? {
        var watch = AbortWatch(rules: try rules.map(AbortRule.parse))
        return seconds.firstIndex { watch.take($0) != nil }.map { $0 + 1 }
    }

    private func failing(_ share: Double, _ count: Int) -> [Second] {
        Array(repeating: Second(ended: 1_000, failed: UInt64(share * 1_000)), count: count)
    }

    @Test("it takes as many seconds in a row as in the rule, each above the limit and not on it")
    func errors() throws {
        let rule = ["errors > 50% for 10s"]
        #expect(try stop(rule, failing(0.501, 20)) == 10)
        #expect(try stop(rule, failing(0.5, 20)) == nil)
        #expect(try stop(rule, failing(1, 9) + failing(0, 1) + failing(1, 9)) == nil)
        #expect(try stop(rule, failing(0, 5) + failing(1, 10)) == 15)
        #expect(try stop(["errors > 0% for 1s"], failing(0, 3) + failing(0.001, 1)) == 4)
        #expect(try stop([], failing(1, 100)) == nil)
    }

    @Test("seconds in which nothing ended neither begin nor end a series")
    func silence() throws {
        let nothing = [Second](repeating: Second(ended: 0, failed: 0), count: 20)
        let rule = ["errors > 50% for 10s"]
        #expect(try stop(rule, nothing) == nil)
        #expect(try stop(rule, failing(1, 1) + nothing) == 10)
        #expect(try stop(rule, nothing + failing(1, 9)) == nil)
        #expect(try stop(rule, failing(1, 1) + nothing.prefix(8) + failing(0, 1) + nothing) == nil)
    }

    @Test("requests that were sent again count as a share of those that ended, failed or not")
    func resent() throws {
        func losing(_ resent: UInt64, _ count: Int) -> [Second] {
            Array(repeating: Second(ended: 1_000, failed: 0, resent: resent), count: count)
        }
        let rule = ["resent > 5% for 3s"]
        #expect(try AbortRule.parse("resent>5% for 3s").text == rule[0])
        #expect(try stop(rule, losing(51, 5)) == 3)
        #expect(try stop(rule, losing(50, 50)) == nil)
        #expect(try stop(rule, losing(51, 2) + losing(0, 1) + losing(2_000, 3)) == 6)
        #expect(try stop(["errors > 5% for 3s"], losing(1_000, 50)) == nil)
        var watch = AbortWatch(rules: [try AbortRule.parse("resent > 5% for 1s")])
        let reason = watch.take(Second(ended: 1_000, failed: 0, resent: 200))
        #expect(reason?.text == "resent > 5% for 1s: in these 1s requests were sent again, 20% of as many as ended")
    }

    @Test("the target's CPU counts if it is known, and an unknown second starts the count again")
    func cpu() throws {
        func busy(_ share: Double?, _ count: Int) -> [Second] {
            Array(repeating: Second(ended: 5, failed: 0, targetCPU: share), count: count)
        }
        let rule = ["target_cpu > 95% for 3s", "errors > 5% for 10s"]
        #expect(try stop(rule, busy(0.96, 5)) == 3)
        #expect(try stop(rule, busy(0.95, 50)) == nil && stop(rule, busy(nil, 50)) == nil)
        #expect(try stop(rule, busy(1, 2) + busy(nil, 1) + busy(1, 2)) == nil)
        #expect(try stop(rule, busy(.nan, 5)) == nil)
    }

    @Test("the reason names the rule and what was measured over its seconds")
    func reason() throws {
        var watch = AbortWatch(
            rules: try ["target_cpu > 90% for 2s", "errors > 5% for 2s"].map(AbortRule.parse))
        #expect(watch.take(Second(ended: 100, failed: 10, targetCPU: 0.5)) == nil)
        let second = watch.take(Second(ended: 300, failed: 120, targetCPU: 0.95))
        let reason = try #require(second)
        #expect(reason.rule.measure == .errors && abs(reason.measured - 0.325) < 1e-12)
        #expect(reason.text == "errors > 5% for 2s: 32.5% of the requests that ended in these 2s failed")
        // More failures than ends are impossible, and stop at any rule.
        let third = watch.take(Second(ended: 1, failed: 9, targetCPU: 1))
        let odd = try #require(third)
        #expect(odd.text == "target_cpu > 90% for 2s: in these 2s the target used 97.5% of its CPU")
    }
}
