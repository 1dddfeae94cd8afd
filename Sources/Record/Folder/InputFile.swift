import CLinux
import Kernel
import Measure

/// A file that is read from its start in pieces. Its errors count as bad input.
public final class InputFile {
    public let path: String
    private let fd: Int32
    private var buffer = [UInt8](repeating: 0, count: InputFile.pieceBytes)

    /// Most bytes of one read.
    static let pieceBytes = 256 << 10

    /// Opens a path, relative to a folder where one is given.
    public init(_ path: String, in folder: (fd: Int32, path: String)? = nil) throws(CommandError) {
        self.path = folder.map { "\($0.path)/\(path)" } ?? path
        let flags = O_RDONLY | O_CLOEXEC | O_NOCTTY
        self.fd = linux_open_at(folder?.fd ?? AT_FDCWD, path, flags, 0)
        if self.fd < 0 {
            throw CommandError(
                sentence: "\(self.path) cannot be opened: \(Errno(linux_errno()))", code: .badInput)
        }
        var status = stat()
        if fstat(self.fd, &status) == 0, status.st_mode & mode_t(S_IFMT) == mode_t(S_IFDIR) {
            throw CommandError(sentence: "\(self.path) is a folder where a file belongs", code: .badInput)
        }
    }

    deinit { close(self.fd) }

    /// Whether a path exists and is no folder.
    public static func isThere(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & mode_t(S_IFMT) != mode_t(S_IFDIR)
    }

    /// Bytes of the file as it is now; 0 for a pipe.
    public var size: UInt64 {
        var status = stat()
        return fstat(self.fd, &status) == 0 ? UInt64(max(0, status.st_size)) : 0
    }

    /// The next bytes, at most so many; empty at the end.
    public func next(_ most: UInt64 = .max) throws(CommandError) -> ArraySlice<UInt8> {
        let wanted = Int(min(most, UInt64(self.buffer.count)))
        while wanted > 0 {
            let count = read(self.fd, &self.buffer, wanted)
            if count >= 0 { return self.buffer[..<count] }
            let code = linux_errno()
            if code == EINTR { continue }
            throw CommandError(sentence: "\(self.path) cannot be read: \(Errno(code))", code: .badInput)
        }
        return []
    }

    /// All bytes of a file of at most `limit` bytes.
    public func all(limit: Int) throws(CommandError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let piece = try self.next(UInt64(limit + 1 - bytes.count))
            if piece.isEmpty { return bytes }
            bytes += piece
        }
        throw CommandError(
            sentence: "\(self.path) is larger than \(limit) bytes: not what it should be", code: .badInput)
    }
}

extension InputFile {
    /// Reads at most `limit` bytes of it as an HdrHistogram log, and passes each interval to `body`. A fault names the
    /// file and the line. Also returns when the log began, in seconds since 1970.
    public func forEachEntry(
        limit: UInt64 = .max, _ body: (HistogramLogEntry) throws(HistogramLogFault) -> Void
    ) throws(CommandError) -> (end: HistogramLogReader.End, startSeconds: Double?) {
        var reader = HistogramLogReader()
        var left = limit
        while left > 0 {
            let piece = try self.next(left)
            if piece.isEmpty { break }
            left -= UInt64(piece.count)
            do {
                try reader.feed(piece, body)
            } catch {
                throw self.commandError(error)
            }
        }
        do {
            let end = try reader.finish(body)
            return (end, reader.startSeconds)
        } catch {
            throw self.commandError(error)
        }
    }

    /// The error for a fault of this file.
    public func commandError(_ fault: some Error & CustomStringConvertible) -> CommandError {
        CommandError(sentence: "\(self.path): \(fault)", code: .badInput)
    }
}
