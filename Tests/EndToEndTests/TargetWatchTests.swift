import Foundation
import Testing

extension EndToEnd {
    /// What a target used, from /proc and from a real node_exporter.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct TargetWatchTests {
        /// A load that keeps a target busy for long enough to count its CPU, whatever else this machine does.
        private static let load = ["-c", "20", "-d", "1500ms", "-t", "1"]

        @Test("a process is watched with the processes that it started, and report prints the same from the record")
        func process() throws {
            let server = try Server.target()
            // The shell that guards the target does nothing itself.
            let run = try Run([server.url("/bytes/50000"), "--target-pid", "\(server.guardPID)"] + Self.load)
            #expect(run.status == 0, "\(run.command.errors)")
            let target = run.json.object("target")
            #expect((target["cpu"] as? Double ?? 0) > 0.05, "\(target)")
            #expect((target["cpu_busiest_core"] as? Double ?? 0) >= (target["cpu"] as? Double ?? 1))
            #expect(target.number("memory_bytes") > 1_000_000)
            // The target shares headroom's network namespace, so its connections cannot be counted apart from
            // headroom's.
            #expect(target["connections"] is NSNull)
            #expect(run.command.output.contains("of its cores"), "\(run.command.output)")
            let conditions = run.json.object("conditions")
            #expect(conditions["target_readings_missed"] as? Int == 0)
            #expect(conditions["refused_by_kernel"] is [String])
            let before = try run.record.json("run.json")
            let report = try Command.run(["report", run.record.folder.path, "--quiet"])
            #expect(report.status == run.status, "\(report.errors)")
            #expect(try run.record.json("run.json") as NSDictionary == before as NSDictionary)
        }

        @Test("node_exporter on the target's machine gives its CPU, memory, network and connections")
        func nodeExporter() throws {
            let server = try Server.target()
            let (exporter, port) = try Server.nodeExporter()
            let run = try Run(
                [
                    server.url("/bytes/50000"), "-c", "20", "-d", "3500ms", "-t", "1", "--target-metrics",
                    "http://127.0.0.1:\(port)/metrics",
                ])
            exporter.end()
            #expect(run.status == 0, "\(run.command.errors)")
            let target = run.json.object("target")
            #expect((target["cpu"] as? Double ?? 0) > 0.05 && (target["cpu"] as? Double ?? 2) <= 1, "\(target)")
            #expect(target.number("memory_bytes") > 1_000_000)
            // Both ends of each user's connection are on this machine.
            #expect(target.number("connections") >= 40, "\(target)")
        }

        @Test("readings of the target that fail are counted in the record")
        func missedReadings() throws {
            let server = try Server.target()
            let metrics = try Server.python("nodemetrics.py", ["1"])
            let run = try Run(
                [
                    server.url("/bytes/100"), "-c", "1", "--every", "100ms", "-d", "2500ms", "-t", "1",
                    "--target-metrics", metrics.url("/metrics"),
                ])
            #expect(run.json.number("conditions.target_readings_missed") >= 1, "\(run.command.errors)")
        }

        @Test("the demo watches its own target")
        func demo() throws {
            let run = try Run(["demo", "-c", "20", "-d", "1s", "--ramp", "0", "--every", "0"])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect((run.json.object("target")["cpu"] as? Double ?? 0) > 0.05)
        }
    }
}
