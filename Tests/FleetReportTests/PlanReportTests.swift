import Fleet
import Foundation
import Record
import Report
import TestSupport
import Testing
import Units
import YAML

/// A plan as text, JSON, CSV and Markdown.
@Suite struct PlanReportTests {
    /// The plan of profiles/fleet-500m.yaml on a fixed day.
    static func plan() throws -> FleetPlan {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let bytes = try Data(contentsOf: root.appending(path: "profiles/fleet-500m.yaml"))
        let deployment = try Deployment.parse(Array(bytes), file: "fleet-500m.yaml")
        return try FleetPlan(
            deployment, prices: try PriceBook.standard(), today: try CalendarDate.parse("2026-11-30"))
    }

    @Test("The plan of the document is what a person last saw, in each format")
    func goldens() throws {
        let plan = try Self.plan()
        let scaling = ScalingComparison(try #require(try plan.scenario()))
        try Golden.expect(PlanText.page(plan, scaling: scaling), matches: "plan.txt")
        try Golden.expect(PlanMarkdown.page(plan, scaling: scaling), matches: "plan.md")
        try Golden.expect(PlanJSON.encode(plan, scaling: scaling), matches: "plan.json")
        try Golden.expect(PlanCSV.encode(plan), matches: "plan.csv")
    }

    @Test("The page is at most 100 columns wide, and its last line says what is needed and what it costs")
    func lastLine() throws {
        let lines = PlanText.page(try Self.plan()).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 100 || $0 == lines.last })
        #expect(try #require(lines.last).hasPrefix("26,790 m5.2xlarge (12,500 bare"))
    }

    @Test("The last line of a plan that was simulated has the cheapest policy that holds the objective, and its bill")
    func cheapestPolicy() throws {
        var deployment = try Self.plan().deployment
        deployment.users.peakOverAverage = nil
        deployment.traffic = try TrafficCurve.sine(peakOverAverage: 1.5)
        deployment.scaling = ScalingSettings()
        let plan = try FleetPlan(
            deployment, prices: try PriceBook.standard(), today: CalendarDate(daysSince1970: 20_000))
        let scaling = ScalingComparison(try #require(try plan.scenario()))
        let best = try #require(scaling.best)
        #expect(best.policy.kind != .fixed)
        let fixed = try #require(plan.bill.fixed).value
        let standing = try #require(plan.bill.lines.first?.fixed).value
        let total = fixed - standing + (try #require(best.summary.costPerDay))
        let last = try #require(PlanText.page(plan, scaling: scaling).split(separator: "\n").last)
        #expect(last.contains("\(fixed.text) a day, \(total.text) with \(ScalingText.verdict(scaling).prefix(8))"))
        #expect(last.count <= 130)
    }

    @Test("Markup in a name of a fleet file does not reach a terminal")
    func escapes() throws {
        var deployment = try Self.plan().deployment
        deployment.name = "evil\u{1b}[31m"
        let plan = try FleetPlan(
            deployment, prices: try PriceBook.standard(), today: CalendarDate(daysSince1970: 20_000))
        #expect(!PlanText.page(plan).contains("\u{1b}"))
        #expect(!PlanMarkdown.page(plan).contains("\u{1b}"))
    }

    /// A capacity.json with a bracket of users.
    private static func capacity(
        word: String = "PASS", lower: String = "1800", state: String = "complete",
        schema: String = "headroom.capacity/1", verdict: String? = nil
    ) -> [UInt8] {
        Array(
            """
            {"schema": "\(schema)", "state": "\(state)",
             \(verdict ?? "\"verdict\": {\"word\": \"\(word)\", \"sentence\": \"why\", \"exit\": 0},")
             "capacity": {"lower": \(lower), "upper": 2200, "unit": "users", "requests_per_user": 0.5,
             "requests_per_second": 900.0, "outcome": "converged", "at_least": null},
             "limited_by": "target_cpu", "hardware": {"instance_type": "m5.2xlarge", "description": "8 cores"}}
            """.utf8)
    }

    @Test(
        "A capacity record gives users with their bracket, and requests a second where processors ended the search"
    )
    func capacityRecord() throws {
        let measured = try MeasuredCapacity(capacityJSON: Self.capacity(), allowsUnknown: false)
        #expect(measured.users?.passed == 1_800 && measured.users?.failed == 2_200)
        #expect(measured.requests?.passed == 900 && measured.requests?.failed == 1_100)
        #expect(measured.instanceType == "m5.2xlarge")
    }

    @Test("A record without a capacity is refused; one that is UNKNOWN unless that is allowed")
    func refusedRecords() throws {
        func read(_ bytes: [UInt8], allowing: Bool = false) throws {
            _ = try MeasuredCapacity(capacityJSON: bytes, allowsUnknown: allowing)
        }
        #expect(throws: (any Error).self) { try read(Self.capacity(word: "UNKNOWN")) }
        #expect(throws: Never.self) { try read(Self.capacity(word: "UNKNOWN"), allowing: true) }
        #expect(throws: (any Error).self) { try read(Self.capacity(lower: "null"), allowing: true) }
        #expect(throws: (any Error).self) { try read(Self.capacity(state: "running"), allowing: true) }
        #expect(throws: (any Error).self) { try read(Self.capacity(schema: "headroom.capacity/9")) }
        let bytes = Self.capacity()
        for cut in bytes.indices { _ = try? read(Array(bytes[..<cut])) }
    }

    @Test("A record without a verdict says so; one that is taken all the same leaves a caution and a word at the end")
    func doubtfulRecords() throws {
        let plain = try Self.plan()
        #expect(!PlanText.page(plain).contains("oubtful"))
        for (bytes, why) in [
            (Self.capacity(word: "UNKNOWN"), "verdict is UNKNOWN (why)"),
            (Self.capacity(verdict: ""), "has no verdict"),
        ] {
            let error = #expect(throws: ParseError.self) {
                try MeasuredCapacity(capacityJSON: bytes, allowsUnknown: false)
            }
            #expect(error?.message.contains(why) == true)
            var deployment = plain.deployment
            try MeasuredFigures.take(bytes, allowsUnknown: true, into: &deployment)
            let today = try CalendarDate.parse("2026-11-30")
            let plan = try FleetPlan(deployment, prices: try PriceBook.standard(), today: today)
            let page = PlanText.page(plan)
            #expect(page.contains("- Doubtful: a record"), "\(page)")
            let last = page.split(separator: "\n").last
            #expect(last?.hasSuffix("DOUBTFUL: from a record whose verdict is not known") == true)
        }
    }

    @Test("A run gives the body of an answer, and what came with it on the wire")
    func runRecord() throws {
        let json = """
            {"schema": "headroom.run/1", "state": "complete", "verdict": {"word": "PASS"},
             "hold": {"status": {"2xx": 2770, "5xx": 8},
             "bytes": {"received": {"body": 138900000, "header": 475038, "socket": 139375038}}}}
            """
        let traffic = try MeasuredTraffic(runJSON: Array(json.utf8), allowsUnknown: false)
        #expect(traffic.body == Bytes(50_000))
        #expect(abs(traffic.overhead.value - 171) < 0.01)
        let running = json.replacing("complete", with: "running")
        #expect(throws: (any Error).self) {
            try MeasuredTraffic(runJSON: Array(running.utf8), allowsUnknown: true)
        }
        let unknown = json.replacing("PASS", with: "UNKNOWN")
        #expect(throws: (any Error).self) {
            try MeasuredTraffic(runJSON: Array(unknown.utf8), allowsUnknown: false)
        }
        #expect(throws: (any Error).self) {
            try MeasuredTraffic(runJSON: Array("{}".utf8), allowsUnknown: true)
        }
    }
}
