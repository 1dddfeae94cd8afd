import Fleet
import TestSupport
import Testing
import Units
import YAML

/// Fleet files and price files: what is read, and what is refused where.
@Suite struct FleetFileTests {
    private static let smallest = """
        version: 1
        users: {daily: 500M, peak: 5%}
        session: {requests: 10, size: 50KB}
        instance: {type: m5.2xlarge, users: 2000}
        """

    private static func parse(_ text: String) throws -> Deployment {
        try Deployment.parse(Array(text.utf8), file: "fleet.yaml")
    }

    @Test("The smallest file is a deployment")
    func smallest() throws {
        let deployment = try Self.parse(Self.smallest)
        #expect(deployment.users.daily == Users(500_000_000))
        #expect(deployment.instance.users?.value == Users(2_000))
    }

    @Test(
        "Bad values are refused with line and column",
        arguments: [
            ("daily: 500M", "daily: -5", "2:16"),
            ("daily: 500M", "daily: 0", "2:16"),
            ("daily: 500M", "daily: nan", "2:16"),
            ("daily: 500M", "daily: 90000G", "2:16"),
            ("peak: 5%", "peak: 5", "2:28"),
            ("peak: 5%", "peak: 500%", "2:28"),
            ("peak: 5%", "peak: 5%, peak_over_average: 0.5", "2"),
            ("peak: 5%", "peak: 5%, peak_over_average: 10, time_per_day: 1h", "2"),
            ("peak: 5%", "peek: 5%", "2:22"),
            ("size: 50KB", "size: 50", "3:31"),
            ("size: 50KB", "size: 50KB, per_day: 999999999999999999", "3:"),
            ("users: 2000}", "users: 2000}\nbalancer: {connections: 0}", "5:"),
            ("users: 2000}", "users: 2000}\ndatabase: {writers: 99999999999}", "5:"),
            ("size: 50KB", "size: 50XB", "3:31"),
            ("size: 50KB", "size: 50KB, compression: 100%", "3:"),
            ("users: 2000", "users: 2000, utilisation: 0%", "4:"),
            ("users: 2000", "users: [2000]", "4:37"),
            ("users: 2000}", "users: 2000}\nzones: {count: 2, survive: 2}", "5:"),
            (
                "users: 2000}", "users: 2000}\nregions: [{name: a, weight: 60%}, {name: b, weight: 30%}]",
                "5:10"
            ),
            ("users: 2000}", "users: 2000}\nregions: [{name: a, weight: 50%}, {name: a, weight: 50%}]", "5:"),
            ("version: 1", "version: 2", "1:10"),
        ])
    func refused(old: String, new: String, place: String) throws {
        let text = Self.smallest.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false).joined(
            separator: new)
        let errors = #expect(throws: DocumentErrors.self) { try Self.parse(text) }
        let first = try #require(errors?.errors.first)
        #expect("\(first)".hasPrefix("fleet.yaml:\(place)"), "\(first)")
    }

    @Test("A file that was cut or changed anywhere is read or refused, and never traps")
    func mutations() throws {
        let book = try PriceBook.standard()
        let bytes = Array(Self.smallest.utf8)
        for cut in bytes.indices { _ = try? Deployment.parse(Array(bytes[..<cut]), file: "cut") }
        for index in bytes.indices {
            for byte in [0, 9, 45, 57, 123, 255] as [UInt8] {
                var changed = bytes
                changed[index] = byte
                if let deployment = try? Deployment.parse(changed, file: "changed") {
                    _ = try? FleetPlan(deployment, prices: book, today: CalendarDate(daysSince1970: 20_000))
                }
            }
        }
    }

    @Test("Every key of a fleet file has a type, a meaning and an example")
    func keys() {
        #expect(Set(FleetKey.all.map(\.path)).count == FleetKey.all.count)
        for key in FleetKey.all { #expect(!key.type.isEmpty && !key.meaning.isEmpty && !key.example.isEmpty) }
    }

    @Test("The tables of docs/reference/fleet.md are those of the list; UPDATE_GOLDEN=1 writes them")
    func reference() throws {
        try Golden.expect(tables: FleetKey.tables() + ScalingKey.tables(), in: "docs/reference/fleet.md")
    }

    @Test("The prices that come with headroom are read, each with a source and a date")
    func standardPrices() throws {
        let book = try PriceBook.standard()
        #expect(book.instances.count == 37)
        #expect(book.instances["m5.2xlarge"]?.hour.money == (try Money.parse("0.384")))
        #expect(book.cdn.count == 9)
        #expect(book.geography(of: "eu-west-1") == "europe")
        #expect(book.geography(of: "ap-northeast-1") == "japan")
        #expect(book.geography(of: "ap-southeast-1") == "asia")
        #expect(book.geography(of: "moon-1") == nil)
        #expect(book.instances.values.allSatisfy { $0.source.name == "karpenter" && !$0.source.text.isEmpty })
    }

    @Test("A price file of one's own replaces what it has, and no more")
    func ownPrices() throws {
        let text = """
            version: 1
            sources: {mine: {date: 2026-01-01, text: a contract}}
            instances: {source: mine, types: {m5.2xlarge: {hour: 0.2, vcpus: 8, memory: 32GiB, bandwidth: 2.5Gbps}}}
            """
        let own = try PriceBook.parse(Array(text.utf8), file: "own.yaml")
        let book = try PriceBook.standard().replacing(with: own)
        #expect(book.instances["m5.2xlarge"]?.hour.money == (try Money.parse("0.2")))
        #expect(book.instances["m6i.2xlarge"]?.hour.money == (try Money.parse("0.384")))
        #expect(book.transfer != nil)
    }

    @Test(
        "A price file with a wrong value is refused with line and column",
        arguments: [
            ("0.2", "-0.2"), ("0.2", "2000000"), ("0.2", "free"), ("32GiB", "big"), ("2.5Gbps", "2.5"),
            ("2.5Gbps", "0Gbps"), ("32GiB", "32"), ("2026-01-01", "2026-02-31"),
            ("2026-01-01", "today"),
            ("source: mine", "source: yours"),
        ])
    func refusedPrices(old: String, new: String) {
        let text = """
            version: 1
            sources: {mine: {date: 2026-01-01, text: a contract}}
            instances: {source: mine, types: {m5.2xlarge: {hour: 0.2, vcpus: 8, memory: 32GiB, bandwidth: 2.5Gbps}}}
            """
        let changed = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false).joined(
            separator: new)
        let errors = #expect(throws: DocumentErrors.self) {
            try PriceBook.parse(Array(changed.utf8), file: "own.yaml")
        }
        #expect((errors?.errors.first?.line ?? 0) > 1)
    }

    @Test("A date is a day of the calendar, and its age is in whole years")
    func dates() throws {
        #expect(CalendarDate(daysSince1970: 0).description == "1970-01-01")
        #expect(CalendarDate(daysSince1970: 20_787).description == "2026-11-30")
        let read = try CalendarDate.parse("2024-07-01")
        #expect(read.years(to: try CalendarDate.parse("2026-06-30")) == 1)
        #expect(read.years(to: try CalendarDate.parse("2026-07-01")) == 2)
        #expect(read.years(to: try CalendarDate.parse("2020-07-01")) == 0)
    }
}
