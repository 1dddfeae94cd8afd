/// One count of `Counters`: the name of its column, and its place. Columns, run.json and sums follow from the list.
public struct Counter: Sendable {
    /// The name of its column in intervals.csv; the part that counts for the hold has `hold_` in front.
    public let name: String
    /// Every record has it. Other counts came later: a record that does not have them says nothing about them.
    public let isFirst: Bool
    let get: @Sendable (Counters) -> UInt64
    let set: @Sendable (inout Counters, UInt64) -> Void

    // Closures, because a key path through InlineArray's subscript reads the wrong place in optimised code (Swift
    // 6.3.1).
    private init(
        _ name: String, isFirst: Bool = true, _ get: @escaping @Sendable (Counters) -> UInt64,
        _ set: @escaping @Sendable (inout Counters, UInt64) -> Void
    ) {
        self.name = name
        self.isFirst = isFirst
        self.get = get
        self.set = set
    }

    private init(_ name: String, isFirst: Bool = true, _ path: any WritableKeyPath<Counters, UInt64> & Sendable) {
        self.init(name, isFirst: isFirst, { $0[keyPath: path] }, { $0[keyPath: path] = $1 })
    }
}

extension Counters {
    /// The value of a count.
    public subscript(counter: Counter) -> UInt64 {
        get { counter.get(self) }
        set { counter.set(&self, newValue) }
    }
}

extension Counter {
    public static let requestsStarted = Counter("requests_started", \.requestsStarted)
    public static let requestsOK = Counter("requests_ok", \.requestsOK)
    public static let neverStarted = Counter("requests_never_started", \.neverStarted)
    public static let neverStartedServer = Counter(
        "requests_never_started_server", isFirst: false, \.neverStartedServer)
    public static let lateServer = Counter("requests_late_server", isFirst: false, \.lateServer)
    public static let lateGenerator = Counter("requests_late_generator", isFirst: false, \.lateGenerator)
    public static let requestsCensored = Counter("requests_censored", isFirst: false, \.requestsCensored)
    public static let sessionsCensored = Counter("sessions_censored", isFirst: false, \.sessionsCensored)
    public static let sessionsStarted = Counter("sessions_started", \.sessionsStarted)
    public static let sessionsCompleted = Counter("sessions_completed", \.sessionsCompleted)
    public static let sessionsFailed = Counter("sessions_failed", \.sessionsFailed)
    public static let redirectsFollowed = Counter("redirects_followed", isFirst: false, \.redirectsFollowed)
    public static let receivedBody = Counter("received_body", \.receivedBody)
    public static let receivedHeader = Counter("received_header", \.receivedHeader)
    public static let receivedSocket = Counter("received_socket", \.receivedSocket)
    public static let sentBody = Counter("sent_body", \.sentBody)
    public static let sentHeader = Counter("sent_header", \.sentHeader)
    public static let sentSocket = Counter("sent_socket", \.sentSocket)
    public static let connectionsOpened = Counter("connections_opened", \.connectionsOpened)
    public static let reconnects = Counter("reconnects", \.reconnects)
    public static let holdsLost = Counter("holds_lost", \.holdsLost)
    public static let silentEnds = Counter("silent_ends", isFirst: false, \.silentEnds)
    public static let silence = Counter("silence", isFirst: false, \.silence)
    public static let handshakes = Counter("handshakes", isFirst: false, \.handshakes)
    public static let handshakesResumed = Counter("handshakes_resumed", isFirst: false, \.handshakesResumed)

    /// Answers by hundreds of their status: of `1xx` to `5xx`.
    public static let status = (0..<5).map { index in
        Counter("status_\(index + 1)xx", { $0.status[index] }, { $0.status[index] = $1 })
    }

    /// Failed requests of a class. Each class is counted apart since it exists: before, its failures were in another.
    public static func failed(_ error: ErrorClass) -> Counter {
        let index = Int(error.rawValue)
        return Counter("error_\(error.name)", isFirst: false, { $0.errors[index] }, { $0.errors[index] = $1 })
    }

    /// Faults of connections of a class.
    public static func connectionFaults(_ error: ErrorClass) -> Counter {
        let index = Int(error.rawValue)
        return Counter(
            "connection_fault_\(error.name)", isFirst: false, { $0.connectionFaults[index] },
            { $0.connectionFaults[index] = $1 })
    }

    /// Requests that were sent again for a cause.
    public static func resent(_ cause: ResentCause) -> Counter {
        let index = Int(cause.rawValue)
        return Counter("resent_\(cause.name)", isFirst: false, { $0.resent[index] }, { $0.resent[index] = $1 })
    }

    /// Redirects that no `expect` names, of a status.
    public static func redirected(_ status: RedirectStatus) -> Counter {
        let index = Int(status.rawValue)
        return Counter(
            "redirects_\(status.code)", isFirst: false, { $0.redirects[index] }, { $0.redirects[index] = $1 })
    }

    /// All of them, in the order of the columns.
    public static let all: [Counter] =
        [
            .requestsStarted, .requestsOK, .neverStarted, .neverStartedServer, .lateServer, .lateGenerator,
            .requestsCensored, .sessionsCensored, .sessionsStarted, .sessionsCompleted, .sessionsFailed,
        ]
        + Self.status + ErrorClass.allCases.map(Self.failed) + ErrorClass.allCases.map(Self.connectionFaults)
        + ResentCause.allCases.map(Self.resent) + RedirectStatus.allCases.map(Self.redirected)
        + [
            .redirectsFollowed, .receivedBody, .receivedHeader, .receivedSocket, .sentBody, .sentHeader, .sentSocket,
            .connectionsOpened, .reconnects, .holdsLost, .silentEnds, .silence, .handshakes, .handshakesResumed,
        ]
}
