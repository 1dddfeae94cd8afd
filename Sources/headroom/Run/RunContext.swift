import Engine
import Kernel
import Measure
import Options
import Record
import Report
import Units
import Workload

/// What the loads of one command have in common.
struct RunContext {
    let addresses: [SocketAddress]
    let signals: SignalSource
    /// Hides secrets. Its key is random: the same secret has the same mark within a record, and in no other.
    let redactor: Redactor
    let threads: Int
    /// Where the workers are pinned; empty for nowhere.
    var cpus: [Int] = []
    var spins = false
    /// An objective may rest on nothing that is SUSPECT.
    var isStrict = false
    var profileHash: String?
    /// The command line and the labels of each load's record.
    var stamp = RunStamp()
    /// Nanoseconds that users may take after their join until each was answered once.
    var settle = LoadRun.settleLimit
    /// Reads the target's usage; nil if no option requests it.
    var target: TargetWatch?
    /// Which HTTP the server picked; nil if it had no choice, or was not asked yet.
    private(set) var serverChoice: ServerChoice.Answer?
    /// Addresses of the target's name that took no connection before the load, and get none of its connections.
    private(set) var leftOut: [AddressCount] = []
    /// Other names than the target's: those that are followed, and those that are not because they have other
    /// addresses.
    private(set) var followed: [FollowHost] = []
    private(set) var notFollowed: [FollowHost] = []
}

extension RunContext {
    /// How long several addresses may take to accept a connection before the load, in nanoseconds.
    private static let addressCheckLimit: UInt64 = 1_000_000_000

    /// Resolves the target and takes over the signals. Call it before any thread starts.
    init(
        _ profile: Profile, _ arguments: ParsedArguments, threads: Int, cpus: [Int], profileHash: String?
    ) throws(CommandError) {
        let addresses: [SocketAddress]
        let found: [SocketAddress]
        do {
            found = try SocketAddress.resolve(host: profile.target.host, port: profile.target.port)
        } catch {
            throw CommandError(
                sentence:
                    "dns: \(error.host) cannot be resolved: \(error.reason); check the spelling of the host",
                code: .targetUnusable)
        }
        let leftOut: [(address: SocketAddress, error: Errno)]
        (addresses, leftOut) = AddressCheck.split(found, limit: Self.addressCheckLimit)
        let signals: SignalSource
        do {
            signals = try SignalSource()
        } catch {
            throw CommandError(engine: .failed("signals cannot be read", error))
        }
        self.init(
            addresses: addresses, signals: signals, redactor: .withDrawnKey(), threads: threads, cpus: cpus,
            spins: arguments.has(.spin), isStrict: arguments.has(.strict), profileHash: profileHash)
        self.target = try Self.target(arguments)
        self.stamp = RunStamp(arguments)
        let hosts = FollowHosts.split(profile.followHosts, port: profile.target.port, addresses: addresses)
        self.followed = hosts.served
        self.notFollowed = hosts.elsewhere.map(\.host)
        for each in hosts.elsewhere {
            Output.complain(
                "headroom: --follow-host \(each.host.text): \(each.reason); redirects to it are counted and "
                    + "not followed")
        }
        self.leftOut = leftOut.map { AddressCount(address: "\($0.address)", failed: 1) }
        for (address, error) in leftOut {
            Output.complain(
                "headroom: \(address) takes no connection (\(error)) and gets none of the load; "
                    + "\(profile.target.host) has \(addresses.count) that do")
        }
    }

    /// Finds out which HTTP the server picks, for at most `limit` nanoseconds, if it has a choice and has not picked
    /// yet.
    mutating func askServer(_ profile: Profile, limit: UInt64) throws(CommandError) {
        if profile.http != .auto || profile.target.scheme != .https { return }
        if case .picked = self.serverChoice { return }
        do {
            self.serverChoice = try ServerChoice.ask(
                profile, at: self.addresses, signals: self.signals, limit: limit)
        } catch {
            throw CommandError(engine: error)
        }
        if self.serverChoice == .picked(.http11) && profile.streams > 1 {
            Output.complain(
                "headroom: the server picked HTTP/1.1, where users share no connection: each has its own, and "
                    + "\(profile.streams) streams mean nothing")
        }
    }

    /// Reports a server that completed no handshake when it was asked.
    func complainOfNoChoice(_ profile: Profile) {
        guard case .noHandshake(let because) = self.serverChoice else { return }
        Output.complain(
            "headroom: \(profile.target.host) completed no TLS handshake: \(because); so which HTTP it speaks is not "
                + "known: HTTP/1.1 is tried; --http 2 tries HTTP/2")
    }

    /// A profile with the protocol that the server picked; unchanged, which is HTTP/1.1, if it picked none. Of the
    /// names to follow it keeps those with the target's addresses.
    func spoken(_ profile: Profile) -> Profile {
        var profile = profile
        profile.followHosts = self.followed
        switch self.serverChoice {
        case .picked(.http2): profile.http = .http2
        case .picked(.http11): profile.http = .http11
        case .noHandshake, .interrupted, nil: break
        }
        return profile
    }
}

extension RunContext {
    private static func target(_ arguments: ParsedArguments) throws(CommandError) -> TargetWatch? {
        let source: TargetWatch.Source
        switch (arguments.last(.targetPid), arguments.last(.targetMetrics)) {
        case (nil, nil): return nil
        case (_?, _?):
            throw CommandError(
                sentence: "--target-pid and --target-metrics both say how the target's CPU is read: give one",
                code: .usage)
        case (let pid?, nil):
            guard let number = Int32(pid), number > 0 else {
                throw CommandError(sentence: "--target-pid: \(pid) is not a process number", code: .usage)
            }
            source = .process(number)
        case (nil, let text?):
            do {
                let url = try TargetURL.parse(text)
                if url.scheme != .http {
                    throw CommandError(
                        sentence: "--target-metrics: node_exporter is asked over http://", code: .usage)
                }
                source = .metrics(url)
            } catch let error as ParseError {
                throw CommandError(sentence: "--target-metrics: \(error.message)", code: .usage)
            } catch let error as CommandError {
                throw error
            } catch {
                throw CommandError(sentence: "--target-metrics: \(error)", code: .usage)
            }
        }
        do {
            return try TargetWatch(source)
        } catch {
            let flag = arguments.has(.targetPid) ? "--target-pid" : "--target-metrics"
            throw CommandError(sentence: "\(flag): \(error.sentence)", code: .usage)
        }
    }
}
