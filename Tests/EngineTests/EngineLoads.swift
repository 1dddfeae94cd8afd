import CLinux
import Engine
import Measure
import Target
import Testing
import Workload

/// Every test that runs a load, one after the other. At the same time, on few cores, they would disturb each other's
/// times.
@Suite(.serialized) enum EngineLoads {}

/// A load that ran to its end, and the rows that it reported.
struct FinishedLoad {
    let run: LoadRun
    let rows: [IntervalRow]
    let total: Counters

    /// Requests and sessions without an end.
    var requestsLeft: UInt64 { self.run.outcome.requestsInFlight.total }
    var sessionsLeft: UInt64 { self.run.outcome.sessionsInFlight.total }

    /// A count over both windows of one metric.
    func samples(_ metric: Metric, failed: Bool = false) -> UInt64 {
        [self.run.outside, self.run.hold].reduce(0) { sum, window in
            sum + (failed ? window.failed : window.succeeded)[metric.rawValue].totalCount
        }
    }
}

/// Builds and runs small loads in this process.
enum Loads {
    /// No load here takes longer. One that does is stopped, and the test fails by its counts.
    static let limitNanoseconds: UInt64 = 20_000_000_000

    /// A profile against a port of this machine.
    static func profile(
        port: UInt16, host: String = "127.0.0.1", scheme: String = "http", session: [Step], timeouts: Timeouts = Timeouts(),
        _ change: (inout Load) -> Void
    ) throws -> Profile {
        var load = Load()
        load.hold = 300_000_000
        change(&load)
        return Profile(
            name: "test", target: try TargetURL.parse("\(scheme)://\(host):\(port)/"), timeouts: timeouts,
            session: session, load: load)
    }

    /// Runs a load to its end.
    static func run(
        _ profile: Profile, threads: Int = 1, addresses: [SocketAddress]? = nil, kept: KeptUsers? = nil,
        afterRow: (LoadRun, IntervalRow) -> Void = { _, _ in }, before: (LoadRun) -> Void = { _ in }
    ) throws -> FinishedLoad {
        let resolved =
            try addresses ?? SocketAddress.resolve(host: profile.target.host, port: profile.target.port)
        let program = try RequestProgram(profile: profile, userAgent: "headroom-tests")
        let run = try LoadRun(profile: profile, program: program, addresses: resolved, threads: threads, kept: kept)
        before(run)
        try run.start()
        let limit = MonotonicClock.now() + Self.limitNanoseconds
        var rows: [IntervalRow] = []
        while let row = run.nextInterval() {
            rows.append(row)
            afterRow(run, row)
            if MonotonicClock.now() > limit { run.stop(reason: "the test took too long") }
        }
        var total = run.outside.counters
        total.add(run.hold.counters)
        return FinishedLoad(run: run, rows: rows, total: total)
    }

    /// Starts a reference server while `body` runs.
    static func withTarget<Result>(
        _ change: (inout TargetOptions) -> Void = { _ in }, _ body: (TargetServer) throws -> Result
    ) throws -> Result {
        var options = TargetOptions()
        change(&options)
        let server = try TargetServer(options: options)
        try server.start()
        defer { server.stop() }
        return try body(server)
    }
}

extension FinishedLoad {
    /// What holds for every load whatever the server did (accuracy test T10). `isFramed`: HTTP/2 has frames around its
    /// heads and bodies.
    func expectExactAccounts(
        _ comment: Comment, isFramed: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        func same(_ left: UInt64, _ right: UInt64, _ what: String) {
            #expect(left == right, "\(comment.rawValue): \(what)", sourceLocation: sourceLocation)
        }
        #expect(self.run.defect == nil, comment, sourceLocation: sourceLocation)
        let total = self.total
        same(total.requestsStarted, total.requestsOK + total.requestsFailed + self.requestsLeft, "requests")
        same(
            total.sessionsStarted, total.sessionsCompleted + total.sessionsFailed + self.sessionsLeft,
            "sessions")
        let hold = self.run.hold.counters
        same(
            hold.requestsStarted, hold.requestsOK + hold.requestsFailed + self.run.outcome.requestsInFlight.hold,
            "requests of the hold")
        same(
            hold.sessionsStarted, hold.sessionsCompleted + hold.sessionsFailed + self.run.outcome.sessionsInFlight.hold,
            "sessions of the hold")
        same(total.requestsOK, self.samples(.response), "each success is in the response histogram once")
        same(total.requestsOK, self.samples(.service), "each success is in the service histogram once")
        same(total.requestsOK, self.samples(.firstByte), "each success is in the first-byte histogram once")
        same(total.requestsOK, self.samples(.sendLag), "each success has a send lag")
        same(
            total.requestsFailed + self.requestsLeft + total.neverStarted,
            self.samples(.response, failed: true),
            "each failure has a response time, what was left or never started a lower bound of it")
        same(total.connectionsOpened, self.samples(.connect), "each connection has a connect time")
        #expect(total.receivedHeader + total.receivedBody <= total.receivedSocket, comment)
        if !isFramed && self.samples(.tls) + self.samples(.tls, failed: true) == 0 {
            same(total.sentHeader + total.sentBody, total.sentSocket, "bytes sent by class")
        } else {
            #expect(total.sentHeader + total.sentBody <= total.sentSocket, comment)
        }
        same(total.handshakes, self.samples(.tls), "each handshake has a time")
        self.expectExactRows(comment, sourceLocation: sourceLocation)
    }

    private func expectExactRows(_ comment: Comment, sourceLocation: SourceLocation) {
        var sum = Counters()
        var inFlight: UInt64 = 0
        var end: UInt64 = 0
        for row in self.rows {
            sum.add(row.counters)
            #expect(
                row.start == end, "\(comment.rawValue): rows follow each other",
                sourceLocation: sourceLocation)
            #expect(row.inFlightAtStart == inFlight, comment, sourceLocation: sourceLocation)
            #expect(
                row.inFlightAtStart + row.counters.requestsStarted
                    == row.counters.requestsOK + row.counters.requestsFailed + row.inFlightAtEnd,
                "\(comment.rawValue): a row's account", sourceLocation: sourceLocation)
            end = row.end
            inFlight = row.inFlightAtEnd
        }
        #expect(inFlight == self.requestsLeft, comment, sourceLocation: sourceLocation)
        #expect(
            sum == self.total, "\(comment.rawValue): rows add up to the totals",
            sourceLocation: sourceLocation)
    }

    /// Client and server have the same counts, to the byte. For loads with nothing in flight at the end.
    func expectSameAsServer(_ server: TargetServer, _ comment: Comment) {
        // The server counts right after each call, so a client can have an answer a moment before it is counted.
        var counts = server.counts()
        let end = ContinuousClock.now + .seconds(5)
        while counts.bytesSent != self.total.receivedSocket || counts.bytesReceived != self.total.sentSocket,
            ContinuousClock.now < end
        {
            _ = sched_yield()
            counts = server.counts()
        }
        #expect(self.requestsLeft == 0, comment)
        #expect(self.total.sentSocket == counts.bytesReceived, comment)
        #expect(self.total.receivedSocket == counts.bytesSent, comment)
        #expect(self.total.receivedBody == counts.bodyBytesSent, comment)
        #expect(self.total.requestsStarted == counts.requests, comment)
        #expect(self.total.connectionsOpened == counts.connectionsAccepted, comment)
    }
}
