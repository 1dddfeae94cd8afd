import Foundation
import Measure
import Testing

extension EndToEnd {
    /// What a record has about its run beside the measurements.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct StampTests {
        private static let server = Result { try Server.target() }

        private let server: Server

        init() throws { self.server = try Self.server.get() }

        @Test("run.json has labels, the wall clock, rates, and the command line without its secrets; report keeps them")
        func stamp() throws {
            let before = UInt64(Date().timeIntervalSince1970 * 1e9)
            let run = try Run([
                self.server.url("/bytes/1000?access_token=CANARY"), "-c", "2", "--every=20ms", "-d1s", "-t", "1",
                "--label", "commit=51a87b0", "--label", "note=a = b", "-H", "Authorization: Bearer CANARY",
                "--data", "CANARY",
            ])
            let json = run.json
            #expect(json["labels"] as? [String: String] == ["commit": "51a87b0", "note": "a = b"])
            let words = try #require(json["command_line"] as? [String])
            #expect(Array(words.prefix(1)) == ["headroom"] && words.contains("--label") && words.contains("commit=51a87b0"))
            #expect(words.contains("<6 bytes>"), "the body is not repeated")
            #expect(!words.joined(separator: " ").contains("CANARY"), "\(words)")
            let (start, end) = (json.number("wall_clock.start"), json.number("wall_clock.end"))
            #expect(start > Int(before) - 1_000_000_000 && end - start >= 1_000_000_000 && end - start < 20_000_000_000)
            #expect(json.text("wall_clock.start_utc").hasSuffix("Z") && json.text("wall_clock.start_utc").hasPrefix("20"))
            let hold = json.object("hold")
            let seconds = Double(json.number("hold.duration")) / 1e9
            let ended = Double(json.number("hold.requests.ok") + json.number("hold.requests.failed"))
            let rate = try #require(hold["requests_per_second"] as? Double)
            #expect(abs(rate - ended / seconds) < 0.01 && rate > 50)
            let bits = try #require(hold["received_bits_per_second"] as? Double)
            #expect(abs(bits - Double(json.number("hold.bytes.received.socket")) * 8 / seconds) < 1)
            let again = try Command.run(["report", run.record.folder.path, "--json"]).json()
            for key in ["labels", "command_line", "wall_clock", "hold"] {
                #expect(try Self.text(again[key]) == Self.text(json[key]), "\(key)")
            }
        }

        /// A part of run.json, its keys in order.
        private static func text(_ part: Any?) throws -> String {
            let data = try JSONSerialization.data(
                withJSONObject: try #require(part), options: [.sortedKeys, .fragmentsAllowed])
            return String(decoding: data, as: UTF8.self)
        }

        @Test(
            "an impossible label is exit 64",
            arguments: ["", "x", "=x", "a b=x", "a=\n", String(repeating: "k", count: 65) + "=x"])
        func badLabel(_ label: String) throws {
            let command = try Command.run(["http://127.0.0.1:9/", "--label", label], limit: 20)
            #expect(command.status == 64 && command.errors.contains("--label"), "\(command.errors)")
        }

        @Test("a label that is given twice is exit 64")
        func twice() throws {
            let command = try Command.run(
                ["http://127.0.0.1:9/", "--label", "a=1", "--label", "a=2"], limit: 20)
            #expect(command.status == 64 && command.errors.contains("given twice"))
        }

        @Test("every step of a session is recorded apart though no objective names it, and report prints the same")
        func steps() throws {
            let run = try Run(
                Plan(
                    url: self.server.url("/"),
                    steps: ["get: /bytes/10, repeat: 3", "get: /bytes/20, name: second", "get: /status/500"],
                    load: "users: 2, sessions: 10"))
            let steps = try #require(run.json["steps"] as? [[String: Any]])
            #expect(steps.map { $0["title"] as? String } == ["GET /bytes/10", "second", "GET /status/500"])
            #expect(steps.map { $0.number("requests.ok") } == [30, 10, 0])
            #expect(steps.map { $0.number("requests.failed") } == [0, 0, 10])
            #expect(steps[0].number("latency.response.count") == 30)
            let again = try Command.run(["report", run.record.folder.path, "--json"]).json()
            #expect(try Self.text(again["steps"]) == Self.text(run.json["steps"]))
            let single = try Run([self.server.url("/bytes/10"), "-c", "1", "-n", "2"])
            #expect(single.json["steps"] == nil, "a session of one step is its step")
        }

        @Test("connects are in every load's run.json, and objectives on them are judged, though they precede the hold")
        func connects() throws {
            let run = try Run([
                self.server.url("/bytes/10"), "-c", "12", "--every", "100ms", "-d", "1s", "--slo", "connect p50 < 10s",
                "--slo", "connect max < 1ns",
            ])
            #expect(run.json.number("latency.connect.count") == 12)
            #expect(run.json.number("latency_all.connect.count") == 12)
            let slo = try #require(run.json["slo"] as? [[String: Any]])
            func verdict(_ text: String) -> String? { slo.first { $0["text"] as? String == text }?["verdict"] as? String }
            // A turn of the loop limits how exactly a connect's least time is known: it does not refute a nanosecond.
            #expect(verdict("connect p50 < 10s") == "PASS" && verdict("connect max < 1ns") != "PASS", "\(slo)")
            let again = try Command.run(["report", run.record.folder.path, "--json"]).json()
            #expect(again.number("latency.connect.count") == 12)
            #expect((again["slo"] as? [[String: Any]])?.map { $0["verdict"] as? String } == slo.map { $0["verdict"] as? String })
        }

        @Test("users of a run that is over within a second are held on as many connections")
        func brief() throws {
            let run = try Run([self.server.url("/bytes/10"), "-c", "2", "-n", "4", "-t", "1"])
            #expect(run.json.number("users.held.lowest") == 2)
            #expect(run.json.number("connections.held.lowest") == 2)
        }

        @Test("an export prints how many intervals it leaves out")
        func leftOut() throws {
            let record = try SampleRecord.shared.get().folder.path
            let all = try Command.run(["export", record, "--format", "interval-csv"], limit: 20)
            #expect(all.status == 0 && all.errors.isEmpty, "\(all.errors)")
            func rows(_ command: Command) -> Int { command.output.split(separator: "\n").filter { $0.first != "#" && $0.first != "\"" }.count }
            let late = try Command.run(["export", record, "--format", "interval-csv", "--start", "1500ms"], limit: 20)
            let missing = rows(all) - rows(late)
            #expect(missing > 0)
            #expect(late.errors.contains("\(missing) interval"), "\(late.errors)")
            let log = try Command.run(["export", record, "--format", "hlog", "--tag", "response", "--start", "1500ms"], limit: 20)
            #expect(log.errors.contains("\(missing) interval"), "\(log.errors)")
        }
    }
}
