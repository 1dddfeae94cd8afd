import Engine
import Measure
import Options
import Units
import Workload

/// `headroom demo`: the main task on an embedded target, which runs in a process of its own on other cores.
enum DemoCommand {
    static let command = Command(
        "demo", summary: "the main job on an embedded target: 2,000 paced users, about 10 s",
        usage: [("demo [OPTIONS]", "")],
        about: [
            "Starts the embedded target as a child process on half of the cores and holds 2,000 users against it for "
                + "10 s, each asking for 50 KB once a second: sessions of 10 requests. `--every 0` makes them back to "
                + "back. It measures this machine and nothing else."
        ],
        examples: [
            .init("demo", "the first thing to try: about 10 s, and a page with a verdict"),
            .init("demo -c 200 --every 0 -d 5s --tls", "200 users back to back over TLS for 5 s"),
        ],
        options: LoadOptions.all.map { option in
            Self.standards.first { $0.option == option }.map { option.with(standard: $0.standard) } ?? option
        } + LoadArguments.outputOptions() + [.demoTLS])

    /// The pace of the demo: 2,000 requests of 50 KB per second, which two cores on both sides can carry.
    private static let pace: UInt64 = 1_000_000_000
    private static let users = 2_000
    /// Defaults of the demo that differ from those of a run.
    private static let standards: [(option: Option, standard: String)] = [
        (.users, "\(Self.users)"), (.every, TimeSpan.text(Self.pace)),
        (.threads, "one per core of the half that the target leaves"),
    ]

    static func run(_ words: [String]) throws(UsageError) -> ExitCode {
        let arguments = try ParsedArguments(words, options: Self.command.options)
        if arguments.has(.help) { return Headroom.printed(HelpText.text(of: Self.command)) }
        if let extra = arguments.positionals.first {
            throw UsageError("demo brings its own target; for \(extra) use `headroom run \(extra)`")
        }
        let cpus = AllowedCPUs.read()
        let split = cpus.count > 1 ? cpus.count / 2 : 0
        let targetCPUs = Array(cpus.prefix(split))
        let clientCPUs = Array(cpus.dropFirst(split))
        // Browsers speak HTTP/2 over TLS; h2c has to be asked for by name.
        let isSecured = arguments.has(.demoTLS) || arguments.last(.http) == HTTPChoice.http2.rawValue
        let child: TargetProcess
        do {
            child = try TargetProcess(threads: max(1, split), cpus: targetCPUs, isSecured: isSecured)
        } catch {
            Output.complain("headroom: the embedded target did not start: \(error.reason)")
            return error.code
        }
        defer { child.end() }
        var profile = Profile(
            name: "demo",
            target: TargetURL(
                scheme: isSecured ? .https : .http, host: "127.0.0.1", port: child.port, path: "/"),
            session: [
                Step(
                    path: "/bytes/50000", repeatCount: 10, pause: .every(.constant(Self.pace)),
                    expectBytes: 50_000)
            ])
        profile.load.users = Self.users
        profile.tls.authorityFile = child.authorityFile
        try LoadOptions.apply(arguments, to: &profile)
        return try RunCommand.run(
            profile: profile, arguments: arguments, profileHash: nil,
            cpus: cpus.count > 1 ? clientCPUs : [], defaultThreads: clientCPUs.count, target: child.pid)
    }
}
