import Options
import Testing
import Units
import YAML

@testable import Workload

@Suite("Options of a load change a profile")
struct LoadOptionsTests {
    private static func base(
        target: String = "", step: String = "", load: String = "", rest: String = ""
    ) throws(DocumentErrors) -> Profile {
        let text = """
            version: 1
            name: base
            target: {url: https://host/\(target)}
            session: [{post: /\(step)}]
            load: {max_rate: 9/s\(load)}
            \(rest)
            """
        return try Profile.parse(Array(text.utf8), file: "p.yaml") { _ throws(ParseError) in [1] }
    }

    private static func applied(_ words: [String], to profile: Profile) throws(UsageError) -> Profile {
        var profile = profile
        try LoadOptions.apply(try ParsedArguments(words, options: LoadOptions.all), to: &profile)
        return profile
    }

    /// Options with a key; the profile from the key is the one to compare with.
    private static let keyed = LoadOptions.all.filter { !$0.keys.isEmpty }
    /// Keys with values in another form than their options, or that need another key.
    private static let others: [(option: Option, words: [String], example: String)] = [
        (.header, ["Accept: text/html"], "headers: {Accept: text/html}"), (.data, ["article=42"], "body: article=42"),
        (.think, ["2s"], "think: 2s"), (.maxRate, ["5000"], "max_rate: 5000/s"),
        (.arrivals, ["poisson"], "arrivals: poisson"), (.maxUsers, ["9"], "max_users: 9"), (.method, ["PURGE"], ""),
    ]

    @Test("an option and its key lead to the same profile", arguments: Self.keyed)
    func sameAsKey(_ option: Option) throws {
        let key = try #require(option.keys.first)
        if option == .method {
            #expect(try Self.applied(["-X", "PURGE"], to: Self.base()).session.map(\.method) == ["PURGE"])
            return
        }
        let other = Self.others.first { $0.option == option }
        let example = other?.example ?? key.example
        let value = String(example.dropFirst(key.name.count + 2))
        let isList = value.hasPrefix("[")
        let words = other?.words ?? [isList ? String(value.dropFirst().dropLast()) : value]
        let flag = "--\(option.long)"
        let typed = option.value == nil ? [flag] : words.flatMap { [flag, $0] }

        let isOpen = option == .arrivals || option == .maxUsers
        let (rate, sessions) = isOpen ? (["-R", "5sessions/s"], ", sessions: 5/s") : ([], "")
        // Each needs another key, and the base has that key as well.
        let beside = option == .key ? ", cert: c" : ""
        let follow = option == .followHost ? ", follow: 1" : ""
        let pace = option == .tick ? ", every: 1s" : ""
        let plain: Profile
        let keyed: Profile
        switch key.mapping {
        case .profile:
            (plain, keyed) = (try Self.base(), try Self.base(rest: example))
        case .target:
            (plain, keyed) = (
                try Self.base(target: follow), try Self.base(target: "\(follow), \(example)")
            )
        case .timeouts: (plain, keyed) = (try Self.base(), try Self.base(target: ", timeouts: {\(example)}"))
        case .http2: (plain, keyed) = (try Self.base(), try Self.base(target: ", http2: {\(example)}"))
        case .tls:
            (plain, keyed) = (
                try Self.base(target: beside.isEmpty ? "" : ", tls: {cert: c}"),
                try Self.base(target: ", tls: {\(example)\(beside)}")
            )
        case .step: (plain, keyed) = (try Self.base(), try Self.base(step: ", \(example)"))
        case .closedLoad, .openLoad, .load:
            let isRate = option == .maxRate
            plain = try Self.base(step: pace)
            keyed = try isRate
                ? Profile.parse(
                    Array("version: 1\nname: base\ntarget: {url: https://host/}\nsession: [{post: /}]\nload: {\(example)}".utf8),
                    file: "p.yaml", readFile: { _ throws(ParseError) in [] })
                : Self.base(step: pace, load: "\(sessions), \(example)")
        default:
            Issue.record("no option sets \(key.path)")
            return
        }
        #expect(try Self.applied(rate + typed, to: plain) == keyed, "\(typed) and \(example)")
    }

    /// Keys of the target and the load that no option sets.
    private static let withoutOption: [ProfileKey] = [
        .url, .timeouts, .http2, .tls, .timeoutConnect, .timeoutFirstByte, .timeoutIdle, .loadEvery, .loadBetween,
        .loadRequests, .loadStages, .loadUnit, .loadTrace,
    ]

    @Test("each key of the target and the load has its option, or is known to have none")
    func optionOfKey() {
        let mappings: [ProfileKey.Mapping] = [.target, .timeouts, .http2, .tls, .closedLoad, .openLoad, .load]
        for key in ProfileKey.all where mappings.contains(key.mapping) {
            let hasOption = Self.keyed.contains { $0.keys.first == key }
            #expect(hasOption != Self.withoutOption.contains(key), "\(key.path)")
        }
        for option in LoadOptions.all {
            for key in option.keys { #expect(ProfileKey.all.contains(key), "\(option.long)") }
        }
    }

    @Test("the order in which options stand does not matter")
    func order() throws {
        let groups: [[[String]]] = [
            [["--storm"], ["--ramp", "5s"], ["--warmup", "2s"]], [["--cert", "c"], ["--key", "k"]],
            [["-n", "7"], ["-d", "5s"], ["-c", "3"]], [["-X", "PATCH"], ["--data", "x"]],
            [["--every", "1s"], ["--storm"], ["-c", "7"]], [["-R", "5req/s"], ["--arrivals", "poisson"], ["--max-users", "9"]],
            [["--timeout", "2s"], ["-H", "A: 1"], ["-H", "B: 2"]],
        ]
        for group in groups {
            let profile = try Self.base(load: ", users: 40")
            let first = try Self.applied(group.flatMap { $0 }, to: profile)
            #expect(first != profile)
            // -H twice is in order.
            if group.contains(["-H", "A: 1"]) { continue }
            #expect(try Self.applied(group.reversed().flatMap { $0 }, to: profile) == first, "\(group)")
        }
        let storm = try Self.applied(["--ramp", "5s", "--storm"], to: Self.base(load: ", warmup: 1s"))
        #expect(storm.load.ramp == 5_000_000_000 && storm.load.warmup == 0 && storm.load.isStorm)
        #expect(storm.validate().contains { $0.path == "load.ramp" })
    }

    @Test("an option's implied value gives way to a value that another option sets")
    func implied() throws {
        let profile = try Self.base(target: ", tls: {cert: a, key: b}", load: ", users: 40, idle: 60s, ramp: 3s")
        #expect(try Self.applied(["--cert", "c"], to: profile).tls.keyFile == nil)
        #expect(try Self.applied(["--cert", "c", "--key", "k"], to: profile).tls.keyFile == "k")
        #expect(try Self.applied(["--every", "1s"], to: profile).load.silence == nil)
        #expect(try Self.applied(["-n", "7"], to: profile).load.users == 7)
        #expect(try Self.applied(["-n", "7", "-c", "9"], to: profile).load.users == 9)
        #expect(try Self.applied(["-n", "7", "-d", "2s"], to: profile).load.holdGiven)
        let get = Profile(name: "get", target: profile.target, session: [Step(path: "/")])
        #expect(try Self.applied(["--data", "x"], to: get).session[0].method == "POST")
        #expect(try Self.applied(["--data", "x", "-X", "GET"], to: get).session[0].method == "GET")
        let open = try Self.applied(["-R", "20req/s", "--max-users", "9"], to: profile)
        #expect(open.load.users == 50 && open.load.ramp == 0 && open.load.open?.maxUsers == 9)
        #expect(try Self.applied(["-R", "5sessions/s"], to: open).load.open?.maxUsers == 9)
        #expect(try Self.applied(["-c", "5"], to: open).load.open == nil)
        #expect(try Self.applied(["--timeout", "2s"], to: profile).timeouts.firstByte == 2_000_000_000)
    }

    @Test(
        "options that do not go together are refused, with the advice what to do",
        arguments: [
            (["--every", "1s", "--think", "1s"], "--every is a plan and --think a pause after an answer: give one of them"),
            (["--idle", "9s", "--every", "1s"], "--idle and --every both say how often a user asks: give one of them"),
            (["--idle", "9s", "--think", "1s"], "--idle and --think both say how often a user asks: give one of them"),
            (
                ["-c", "5", "-R", "5req/s"],
                "-R and --users: an open load has no users that are held; drop one of them (--max-users limits how many "
                    + "sessions go on at once)"
            ),
            (["--arrivals", "poisson"], "--arrivals says how the sessions of -R arrive: give a rate with -R"),
            (["--max-users", "5"], "--max-users limits an open load: give a rate with -R, or hold users with -c"),
        ])
    func together(_ words: [String], _ message: String) {
        #expect(throws: UsageError(message)) { try Self.applied(words, to: Self.base()) }
        #expect(throws: UsageError(message)) { try Self.applied(words.reversedPairs, to: Self.base()) }
    }

    @Test(
        "a value that cannot be read is reported under its option, in the words of its type",
        arguments: [
            (["-c", "many"], "-c/--users: many is not a whole number of at least 1"),
            (["-d", "10"], "-d/--hold: "), (["--start", "warm"], "--start: warm is neither steady nor cold"),
            (["--arrivals", "odd", "-R", "1req/s"], "--arrivals: odd is neither constant nor poisson"),
            (["--tls-min", "1.1"], "--tls-min: 1.1 is none of 1.2, 1.3"), (["--cert", ""], "--cert: the name of the file is empty"),
            (["--slo", "p99"], "--slo 'p99': "), (["--abort", "x"], "--abort 'x': "),
            (["-H", "A: 1", "-H", "CANARY"], "-H/--header, number 2: "), (["--streams", "x"], "--streams: x is no number of users"),
            (["--seed", "-1"], "--seed: -1 is not a whole number from 0 to 18446744073709551615"),
            (["--timeout", "0"], "--timeout: a timeout of 0 would fail every request"),
            (["--max-duration", "0"], "--max-duration: a run of 0 measures nothing"),
            (["--data", "@/no/such"], "--data @/no/such: "), (["-R", "5"], "-R/--rate: "),
            (["-R", "0req/s"], "-R/--rate: "), (["--probe", "x"], "--probe: "), (["--max-bytes", "x"], "--max-bytes: "),
        ])
    func words(_ words: [String], _ beginning: String) throws {
        let error = #expect(throws: UsageError.self) { try Self.applied(words, to: Self.base()) }
        let message = try #require(error).message
        #expect(message.hasPrefix(beginning) && message.count > beginning.count - 1 && !message.contains("CANARY"), "\(message)")
    }

    @Test("an error in the whole profile is reported under the flag that gave the value, once for all steps")
    func flags() throws {
        let words = ["-X", "GE T", "--slo", "p99 < 1s for nope", "--every", "1ns", "-k"]
        let arguments = try ParsedArguments(words, options: LoadOptions.all)
        var profile = Profile(
            name: "x", target: TargetURL(scheme: .http, host: "host", port: 80, path: "/"),
            session: [Step(path: "/a"), Step(path: "/b")])
        try LoadOptions.apply(arguments, to: &profile)
        let lines = FlagMessages.lines(profile.validate(), arguments: arguments, options: LoadOptions.all)
        for beginning in [
            "-X/--method GE T: ", "--slo: no step is `nope`", "--every 1ns: ", "-k/--insecure: TLS is set up, but the URL is http",
        ] {
            #expect(lines.count { $0.hasPrefix(beginning) } == 1, "\(beginning) in \(lines)")
        }
        #expect(!lines.contains { $0.contains("session[") || $0.contains("slo[") || $0.hasPrefix("target.") }, "\(lines)")
    }
}

@Suite("The options of a record")
struct RecordedOptionsTests {
    private static let list = LoadOptions.all + [.label, .quiet, .output, .capacityJSON, .help]

    @Test("each given option that shapes the load is recorded once with its value as typed, in the order of the list")
    func recorded() throws {
        let words = [
            "-qc5", "--seed=7", "-c", "6", "--slo", "p99 < 1s", "-H", "A: 1", "--slo", "errors < 1%", "-k", "--label", "a=b",
            "-o", "folder", "--data", "CANARY7", "http://host/", "--threads", "2",
        ]
        let recorded = try ParsedArguments(words, options: Self.list).recordedOptions
        #expect(
            recorded.map { "\($0.name)=\($0.value)" } == [
                "users=6", "threads=2", "header=A: 1", "data=<7 bytes>", "slo=p99 < 1s\nerrors < 1%", "seed=7", "insecure=true",
            ])
    }

    @Test("a command line is recorded word by word, without values that may be anything; the name of a file stays")
    func commandLine() throws {
        let arguments = try ParsedArguments(["--data", "CANARY", "http://h/", "-c5", "--data=@f"], options: Self.list)
        #expect(arguments.recordedWords(limit: 9) == ["--data", "<6 bytes>", "http://h/", "-c", "5", "--data", "@f"])
        #expect(arguments.recordedWords(limit: 2).count == 2)
        #expect(arguments.recordedOptions.map(\.value) == ["5", "@f"])
    }

    @Test("options for records and output only are not recorded, and every option of a load is")
    func marks() {
        #expect(LoadOptions.all.allSatisfy { $0.recording != .commandLine })
        for option in [Option.quiet, .json, .verbose, .help, .output, .force, .noRecord, .label, .fsync] {
            #expect(option.recording == .commandLine, "\(option.long)")
        }
    }
}

extension Array where Element == String {
    /// Options with one value each, the last first.
    fileprivate var reversedPairs: [String] {
        stride(from: self.count - 2, through: 0, by: -2).flatMap { [self[$0], self[$0 + 1]] }
    }
}

extension Option: CustomTestStringConvertible {
    public var testDescription: String { self.long }
}
