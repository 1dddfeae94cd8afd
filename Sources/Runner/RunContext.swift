import Engine
import Kernel
import Measure
import Record
import Units
import Workload

/// What the loads of one command have in common: the target's addresses, the signals, and what the command asks for.
public struct RunContext {
    let addresses: [SocketAddress]
    let signals: SignalSource
    /// Hides secrets. Its key is random: the same secret has the same mark within a record, and in no other.
    public let redactor: Redactor
    /// The version of the program, for a record, and the User-Agent of every request.
    let version: String
    let userAgent: String
    /// Prints a sentence about something that does not end the command.
    let notice: (String) -> Void
    let threads: Int

    /// Where the workers are pinned; empty for nowhere.
    public var cpus: [Int] = []
    public var spins = false
    /// An objective may rest on nothing that is SUSPECT.
    public var isStrict = false
    /// The name of the profile's text; nil without a file.
    public var profileHash: String?
    /// The command line and the labels of each load's record.
    public var stamp = RunStamp()
    /// Reads the target's usage; nil if nothing requests it.
    public var target: TargetWatch?
    /// Nanoseconds that users may take after their join until each was answered once.
    var settle = LoadRun.settleLimit

    /// Which HTTP the server picked; nil if it had no choice, or was not asked yet.
    private(set) var serverChoice: ServerChoice.Answer?
    /// Addresses of the target's name that took no connection before the load, and get none of its connections.
    let leftOut: [AddressCount]
    /// Other names than the target's: those that are followed, and those that are not because they have other
    /// addresses.
    let followed: [FollowHost]
    let notFollowed: [FollowHost]

    /// How long several addresses may take to accept a connection before the load, in nanoseconds.
    private static let addressCheckLimit: UInt64 = 1_000_000_000

    /// Resolves the target and takes over the signals. Call it before any thread starts. Throws if the name has no
    /// address, or if signals cannot be read. `threads`: how many workers a load has.
    public init(
        _ profile: Profile, threads: Int, version: String, userAgent: String, notice: @escaping (String) -> Void
    ) throws(CommandError) {
        let found: [SocketAddress]
        do {
            found = try SocketAddress.resolve(host: profile.target.host, port: profile.target.port)
        } catch {
            throw CommandError(
                sentence:
                    "dns: \(error.host) cannot be resolved: \(error.reason); check the spelling of the host",
                code: .targetUnusable)
        }
        let (addresses, leftOut) = AddressCheck.split(found, limit: Self.addressCheckLimit)
        let signals: SignalSource
        do {
            signals = try SignalSource()
        } catch {
            throw CommandError(engine: .failed("signals cannot be read", error))
        }
        let hosts = FollowHosts.split(profile.followHosts, port: profile.target.port, addresses: addresses)
        self.addresses = addresses
        self.signals = signals
        self.redactor = .withDrawnKey()
        self.version = version
        self.userAgent = userAgent
        self.notice = notice
        self.threads = threads
        self.leftOut = leftOut.map { AddressCount(address: "\($0.address)", failed: 1) }
        self.followed = hosts.served
        self.notFollowed = hosts.elsewhere.map(\.host)
        for each in hosts.elsewhere {
            notice(
                "--follow-host \(each.host.text): \(each.reason); redirects to it are counted and not followed")
        }
        for (address, error) in leftOut {
            notice(
                "\(address) takes no connection (\(error)) and gets none of the load; "
                    + "\(profile.target.host) has \(addresses.count) that do")
        }
    }
}

extension RunContext {
    /// Finds out before a run which HTTP the server picks. Throws if it is silent until the connect timeout: a run
    /// would only wait once more and learn nothing new.
    public mutating func askServer(_ profile: Profile) throws(CommandError) {
        let timeout = profile.timeouts.connect
        let began = MonotonicClock.now()
        try self.askServer(profile, limit: timeout)
        if case .noHandshake = self.serverChoice, MonotonicClock.now() &- began >= timeout {
            throw CommandError(
                sentence: "no TLS handshake with the target was completed within the connect timeout "
                    + "(\(TimeSpan.text(timeout))): the target is unusable",
                code: .targetUnusable)
        }
        self.reportNoChoice(profile)
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
            self.notice(
                "the server picked HTTP/1.1, where users share no connection: each has its own, and "
                    + "\(profile.streams) streams mean nothing")
        }
    }

    /// Reports a server that completed no handshake when it was asked.
    func reportNoChoice(_ profile: Profile) {
        guard case .noHandshake(let because) = self.serverChoice else { return }
        self.notice(
            "\(profile.target.host) completed no TLS handshake: \(because); so which HTTP it speaks is not "
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
