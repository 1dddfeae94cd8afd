import CLinux
import Kernel
import Measure

/// When written data is flushed to survive a power cut; a killed process loses nothing either way.
public enum FlushPolicy: String, CaseIterable {
    /// Never: the kernel decides.
    case off
    /// After every interval: at most one interval is lost.
    case interval
    /// Once, at the end of the run.
    case end
}

/// The folder that a run writes. Files appear whole or grow line by line, and only their owner can read them (0600).
public final class RecordFolder {
    public let path: String
    private let folder: Int32
    private let flush: FlushPolicy
    /// Files of an existing folder are replaced.
    private let isForced: Bool
    private var log: Int32 = -1
    private var intervals: Int32 = -1
    /// Bytes of latency.hlog so far.
    private var logBytes: UInt64 = 0
    /// The first failed write; later ones are not tried.
    public private(set) var failure: RecordError?

    /// What could not be written, where and why.
    public struct RecordError: Error {
        public let path: String
        public let what: String
        public let code: Int32

        public var sentence: String { "cannot \(self.what) \(self.path): \(self.reason)" }

        public var reason: String {
            switch self.code {
            case EEXIST: "it exists already; name another with -o, or overwrite it with --force"
            case EWOULDBLOCK: "a run that goes on writes it, wait for its end"
            case ENOSPC, EDQUOT: "the disk is full; free some space or name another place with -o"
            case EACCES, EPERM, EROFS: "it may not be written; name another place with -o, or use --no-record"
            default:
                "\(Errno(self.code))" + (ResourceLimit.advice(Errno(self.code)).map { "; \($0)" } ?? "")
            }
        }
    }

    /// The consequence of a failure for the command, for the message.
    private let consequence: String
    /// Prints a sentence about a failure; called once.
    private let complain: (String) -> Void
    /// Columns of intervals.csv whose values are not known: they are left out.
    private var unknown: Set<String> = []

    /// Makes the folder. An existing one is refused without `force`; with it, only its files are replaced.
    public init(
        path: String, force: Bool, flush: FlushPolicy = .interval, complain: @escaping (String) -> Void
    ) throws(RecordError) {
        self.path = path
        self.complain = complain
        self.flush = flush
        self.isForced = force
        self.consequence = "; the run goes on without a record"
        try Self.makeParents(of: path)
        if mkdir(path, 0o700) != 0 {
            let code = linux_errno()
            if code != EEXIST || !force { throw RecordError(path: path, what: "make the record", code: code) }
        }
        self.folder = try Self.lock(path, symlinks: O_NOFOLLOW)
    }

    /// Makes a folder in this one, for the record of a part of it, with the same settings.
    public func makeFolder(_ name: String) throws(RecordError) -> RecordFolder {
        try RecordFolder(
            path: "\(self.path)/\(name)", force: self.isForced, flush: self.flush, complain: self.complain)
    }

    /// Opens an existing record to complete it; refused while its run is in progress.
    public init(existing path: String, complain: @escaping (String) -> Void) throws(RecordError) {
        self.path = path
        self.complain = complain
        self.flush = .interval
        self.isForced = false
        self.consequence = ""
        self.folder = try Self.lock(path, symlinks: 0)
    }

    /// Opens the folder and locks it: of two runs with the same folder, the second is refused.
    private static func lock(_ path: String, symlinks: Int32) throws(RecordError) -> Int32 {
        let fd = linux_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | symlinks, 0)
        if fd < 0 { throw RecordError(path: path, what: "open the record", code: linux_errno()) }
        // A killed run holds its lock until the kernel has removed the process, so this waits a little.
        for attempt in 1...Self.lockAttempts {
            if flock(fd, LOCK_EX | LOCK_NB) == 0 { return fd }
            let code = linux_errno()
            if code != EWOULDBLOCK || attempt == Self.lockAttempts {
                close(fd)
                throw RecordError(path: path, what: "lock the record", code: code)
            }
            _ = linux_poll(nil, 0, Self.lockPause)
        }
        return fd
    }

    /// Number of tries for a lock, and nanoseconds between two tries: half a second in all.
    private static let lockAttempts = 50
    private static let lockPause: Int64 = 10_000_000

    /// The folder, for readers of its files.
    public var location: (fd: Int32, path: String) { (self.folder, self.path) }

    deinit {
        if self.log >= 0 { close(self.log) }
        if self.intervals >= 0 { close(self.intervals) }
        close(self.folder)
    }

    private static func makeParents(of path: String) throws(RecordError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/").dropLast() {
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/" + part
            if mkdir(made, 0o755) != 0 {
                let code = linux_errno()
                if code != EEXIST { throw RecordError(path: made, what: "make the folder", code: code) }
            }
        }
    }

    /// Writes a file under another name and renames it into place, so that it is always whole.
    public func write(_ name: String, _ bytes: [UInt8]) {
        if self.failure != nil { return }
        let temporary = ".\(name).partial"
        unlinkat(self.folder, temporary, 0)
        let fd = linux_open_at(
            self.folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if fd < 0 {
            self.fail(name, "write", linux_errno())
            return
        }
        var code = FileDescriptor.writeAll(fd, bytes)
        if code == nil && self.flush != .off && fdatasync(fd) != 0 { code = linux_errno() }
        close(fd)
        if code == nil && linux_rename_in(self.folder, temporary, name) != 0 { code = linux_errno() }
        if let code {
            unlinkat(self.folder, temporary, 0)
            self.fail(name, "write", code)
        }
    }

    /// Begins the two growing files, latency.hlog and intervals.csv, with their first lines, and removes files of an
    /// older run in this folder. `unknown`: names of columns whose values are not known, as of a union of older
    /// records.
    public func beginSeries(log header: [UInt8], unknown: Set<String> = []) {
        self.unknown = unknown
        for stale in ["percentiles.csv", "errors.json"] { unlinkat(self.folder, stale, 0) }
        self.log = self.begin("latency.hlog", header)
        self.logBytes = UInt64(header.count)
        self.intervals = self.begin("intervals.csv", IntervalsCSV.header(without: unknown))
        self.flushSeries(at: .interval)
        if self.flush != .off { fsync(self.folder) }
    }

    /// Appends an interval: its lines of latency.hlog in one write, then the row that commits them.
    public func append(_ row: IntervalRow, lines: [UInt8]) {
        if self.failure != nil || self.log < 0 || self.intervals < 0 { return }
        if !lines.isEmpty, let code = FileDescriptor.writeAll(self.log, lines) {
            return self.fail("latency.hlog", "write", code)
        }
        self.logBytes += UInt64(lines.count)
        var row = row
        row.logBytes = self.logBytes
        if let code = FileDescriptor.writeAll(self.intervals, IntervalsCSV.row(row, without: self.unknown)) {
            return self.fail("intervals.csv", "write", code)
        }
        self.flushSeries(at: .interval)
    }

    /// Appends a row or the like to a file that was written whole; it is on disk when this returns.
    public func append(to name: String, _ bytes: [UInt8]) {
        if self.failure != nil { return }
        let fd = linux_open_at(self.folder, name, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0)
        if fd < 0 { return self.fail(name, "write", linux_errno()) }
        defer { close(fd) }
        if let code = FileDescriptor.writeAll(fd, bytes) { return self.fail(name, "write", code) }
        if self.flush != .off, fdatasync(fd) != 0, linux_errno() != EINVAL {
            self.fail(name, "flush", linux_errno())
        }
    }

    /// Ends the growing files.
    public func endSeries() {
        self.flushSeries(at: .end)
        if self.flush != .off { fsync(self.folder) }
    }

    /// Cuts one of the growing files to its committed part.
    func cut(_ name: String, to bytes: UInt64) {
        if self.failure != nil { return }
        let fd = linux_open_at(self.folder, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0)
        if fd < 0 { return self.fail(name, "cut", linux_errno()) }
        if ftruncate(fd, off_t(clamping: bytes)) != 0 || fdatasync(fd) != 0 {
            self.fail(name, "cut", linux_errno())
        }
        close(fd)
    }

    private func begin(_ name: String, _ firstLine: [UInt8]) -> Int32 {
        if self.failure != nil { return -1 }
        unlinkat(self.folder, name, 0)
        let fd = linux_open_at(
            self.folder, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if fd < 0 {
            self.fail(name, "write", linux_errno())
        } else if let code = FileDescriptor.writeAll(fd, firstLine) {
            self.fail(name, "write", code)
        }
        return fd
    }

    /// The log first: if a row is on disk, its lines are, too.
    private func flushSeries(at moment: FlushPolicy) {
        if self.failure != nil || self.flush != moment { return }
        for (fd, name) in [(self.log, "latency.hlog"), (self.intervals, "intervals.csv")] {
            // Files in /dev/shm and pipes have nothing to flush.
            if fdatasync(fd) != 0, linux_errno() != EINVAL { self.fail(name, "flush", linux_errno()) }
        }
    }

    private func fail(_ name: String, _ what: String, _ code: Int32) {
        let failure = RecordError(path: "\(self.path)/\(name)", what: what, code: code)
        self.failure = failure
        self.complain("\(failure.sentence)\(self.consequence)")
    }

    /// `results/<UTC stamp>-<name>`: the default place of a record.
    static func usualPath(name: String, realtimeNanoseconds: UInt64) -> String {
        var seconds = time_t(clamping: realtimeNanoseconds / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let day = "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))"
        let time = "\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))"
        return "results/\(day)T\(time)Z-\(name)"
    }
}

extension RecordFolder {
    /// Records of the same name that begin within one second get a number; at most so many are tried.
    private static let usualPathLimit = 100

    /// Makes the folder at its default place.
    public static func atUsualPath(
        name: String, flush: FlushPolicy, complain: @escaping (String) -> Void
    ) throws(RecordError) -> RecordFolder {
        let path = Self.usualPath(name: name, realtimeNanoseconds: linux_realtime_nanoseconds())
        for number in 1..<Self.usualPathLimit {
            do {
                return try RecordFolder(
                    path: number == 1 ? path : "\(path)-\(number)", force: false, flush: flush, complain: complain)
            } catch {
                if error.code != EEXIST { throw error }
            }
        }
        throw RecordError(path: path, what: "make the record", code: EEXIST)
    }
}
