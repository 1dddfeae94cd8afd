import CLinux
import Engine
import Kernel
import Measure

/// The destination of a command's result: standard output, or a file that appears whole or not at all.
final class OutputFile {
    private let target: Target
    private let stream = Output()
    /// The first error; nothing is written after it.
    private(set) var failure: CommandError?

    private enum Target {
        case standardOutput
        /// A regular file: written under the name `temporary` beside it, then renamed.
        case file(path: String, temporary: String, fd: Int32)
        /// A device or a pipe; a rename would replace it.
        case special(path: String, fd: Int32)
    }

    /// Opens a path; nil or "-" is standard output. An existing file is replaced at the end.
    init(_ path: String?) throws(CommandError) {
        guard let path, path != "-" else {
            self.target = .standardOutput
            return
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & mode_t(S_IFMT) != mode_t(S_IFREG) {
            if status.st_mode & mode_t(S_IFMT) == mode_t(S_IFDIR) {
                throw CommandError(sentence: "\(path) is a folder: name a file in it", code: .outputFailed)
            }
            let fd = linux_open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY, 0)
            if fd < 0 { throw Self.commandError(path, linux_errno()) }
            self.target = .special(path: path, fd: fd)
            return
        }
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(path[...$0]) } ?? ""
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let temporary = "\(folder).\(name).\(getpid()).partial"
        let fd = linux_open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        if fd < 0 { throw Self.commandError(path, linux_errno()) }
        self.target = .file(path: path, temporary: temporary, fd: fd)
    }

    deinit {
        switch self.target {
        case .standardOutput: break
        case .special(_, let fd): close(fd)
        case .file(_, let temporary, let fd):
            // The file was renamed already, or will not be: a half-written one is removed.
            unlink(temporary)
            close(fd)
        }
    }

    /// Writes the next bytes.
    func write(_ bytes: [UInt8]) {
        if self.failure != nil { return }
        switch self.target {
        case .standardOutput:
            self.stream.write(bytes)
            if let code = self.stream.error { self.failure = Self.commandError("standard output", code) }
        case .special(let path, let fd), .file(let path, _, let fd):
            if let code = FileDescriptor.writeAll(fd, bytes) { self.failure = Self.commandError(path, code) }
        }
    }

    /// Everything is written: renames the file into place.
    func finish() throws(CommandError) {
        if self.failure == nil, case .file(let path, let temporary, let fd) = self.target {
            if fdatasync(fd) != 0 || linux_rename_in(AT_FDCWD, temporary, path) != 0 {
                self.failure = Self.commandError(path, linux_errno())
            }
        }
        if let failure { throw failure }
    }

    private static func commandError(_ path: String, _ code: Int32) -> CommandError {
        let advice = ResourceLimit.advice(Errno(code)).map { "; \($0)" } ?? ""
        let isFull = code == ENOSPC || code == EDQUOT
        let hint = isFull ? "the disk is full; free some space" : "\(Errno(code))\(advice)"
        return CommandError(sentence: "cannot write \(path): \(hint)", code: .outputFailed)
    }
}
