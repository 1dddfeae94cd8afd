import Numerics
import Wire
import Workload

/// One user and its connection: a slot of a worker's slab. Plain data; times are nanoseconds.
///
/// Exactly three cache lines: with thousands of users each answer finds them cold.
struct User {
    /// State of the connection.
    enum Link: UInt8 {
        case none, connecting
        /// TCP is established, the TLS handshake is in progress.
        case shaking
        case open
        /// The user has no connection of its own: see `Multiplex`.
        case shared
    }
    /// State of the request.
    enum Request: UInt8 {
        /// None; the next one starts at `dueAt`.
        case none
        /// Started, waiting for a connection.
        case pending
        /// Being written, or its answer is being read.
        case sent
    }
    struct Flags: OptionSet {
        let rawValue: UInt16
        /// Answered at least once.
        static let established = Flags(rawValue: 1 << 0)
        static let held = Flags(rawValue: 1 << 1)
        /// This connection brought at least one answer.
        static let connectionAnswered = Flags(rawValue: 1 << 2)
        /// The request was due inside the hold.
        static let requestInHold = Flags(rawValue: 1 << 3)
        static let sessionInHold = Flags(rawValue: 1 << 4)
        static let sessionFailed = Flags(rawValue: 1 << 5)
        /// The user joined the session midway: it is counted, not timed.
        static let sessionJoined = Flags(rawValue: 1 << 6)
        static let inSession = Flags(rawValue: 1 << 7)
        /// The request was already sent again once.
        static let retried = Flags(rawValue: 1 << 8)
        /// No session is left for this user.
        static let finished = Flags(rawValue: 1 << 9)
        /// The server ended the last connection; the next one is a reconnect.
        static let reconnecting = Flags(rawValue: 1 << 10)
        /// The first head of this answer was looked at.
        static let headSeen = Flags(rawValue: 1 << 11)
        /// Established and going on by its plan.
        static let onPlan = Flags(rawValue: 1 << 12)
        /// Measured closely: see `Sampling`.
        static let sampled = Flags(rawValue: 1 << 13)
        /// A request of the session was given up because it took too long.
        static let sessionTimedOut = Flags(rawValue: 1 << 14)
        /// The request follows a redirect: `step` is the user's own, behind the session's steps.
        static let hopping = Flags(rawValue: 1 << 15)

        /// Unions, as constants: an array literal on the hot path allocates in a debug build.
        static var ofRequest: Flags { Flags(rawValue: 1 << 8 | 1 << 11) }
        static var ofSession: Flags { Flags(rawValue: 1 << 4 | 1 << 5 | 1 << 6 | 1 << 14) }
        static var wellHeld: Flags { Flags(rawValue: 1 << 0 | 1 << 1 | 1 << 2) }
    }

    /// Slots are aligned to cache lines.
    static let alignment = 64

    var transport = Transport()
    /// Changes with every connection: an event for an older one is ignored.
    var generation: UInt32 = 0
    var link = Link.none
    var request = Request.none
    var flags: Flags = []
    /// Failures in a row since the last answer, capped.
    var failures: UInt8 = 0
    /// Addresses tried for the connection that is being made.
    var tries = AddressTries()
    var step: Int32 = 0
    /// Number of times that the step was made in this session.
    var iteration: Int32 = 0
    /// Bytes of the request that the kernel took.
    var sendOffset: Int = 0
    /// When the next request is due; `DeadlineHeap.never` once finished.
    var dueAt: UInt64 = DeadlineHeap.never
    /// The time of the user's entry in the worker's deadlines, kept here so that an answer need not look there.
    var armedAt: UInt64 = DeadlineHeap.never
    /// Intended start of the request, the clock right before its first write (0: not yet), its first byte
    /// read (0: none yet), and the last time bytes came.
    var intended: UInt64 = 0
    var sentAt: UInt64 = 0
    var firstByteAt: UInt64 = 0
    var lastByteAt: UInt64 = 0
    /// When its first request was due (`SessionPlan.place`).
    var placedAt: UInt64 = 0
    var parser = HTTP1ResponseParser()
    /// Intended start of the session, and the time in it in which the user was idle.
    var sessionIntended: UInt64 = 0
    var sessionIdle: UInt64 = 0
    /// Intended start of the next session where sessions have a plan.
    var nextSessionAt: UInt64 = 0
    var connectStartedAt: UInt64 = 0
    /// No connect before this time.
    var retryAt: UInt64 = 0
    var random: RandomGenerator
}
