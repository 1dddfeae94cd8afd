import CLinux
import Engine
import Kernel
import Measure
import Runner

/// `headroom serve` as a child process, which ends with this one.
final class TargetProcess {
    let port: UInt16
    /// The certificate that the child made; nil in clear text.
    let authorityFile: String?
    let pid: pid_t

    /// Why it did not start.
    struct StartError: Error {
        let reason: String
        var code = ExitCode.defect
    }

    /// Starts this same program as a server on a free port of loopback, and waits until it reports that it is ready (at
    /// most `startLimit`).
    init(threads: Int, cpus: [Int], isSecured: Bool) throws(StartError) {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) != 0 { throw StartError("a pipe to it", Errno.current) }
        let authorityFile = isSecured ? Self.makeFolder().map { $0 + Self.authorityName } : nil
        if isSecured && authorityFile == nil { throw StartError(reason: "no folder for its certificate") }
        var words = [
            "headroom", "serve", "--port", "0", "--threads", "\(threads)", "--parent", "\(getpid())",
        ]
        if let authorityFile { words += ["--tls", "--tls-ca-out", authorityFile] }
        if !cpus.isEmpty { words += ["--cpus", cpus.map(String.init).joined(separator: ",")] }
        let (pid, status) = Self.spawn(words, output: ends[1], closing: ends[0])
        close(ends[1])
        defer { close(ends[0]) }
        if status != 0 { throw StartError("its process", Errno(status)) }
        guard let port = Self.readPort(ends[0]) else {
            throw StartError(reason: "it did not say where it listens", code: Self.reap(pid))
        }
        self.pid = pid
        self.port = port
        self.authorityFile = authorityFile
    }

    /// Removes a child that did not become ready. Returns its exit code if it ended by itself and printed a reason,
    /// else a defect.
    private static func reap(_ pid: pid_t) -> ExitCode {
        var status: Int32 = 0
        let hasEnded = waitpid(pid, &status, WNOHANG) == pid
        if !hasEnded {
            kill(pid, SIGKILL)
            waitpid(pid, &status, 0)
        }
        let code = status & 0x7f == 0 ? ExitCode(rawValue: (status >> 8) & 0xff) : nil
        return code == .success ? .defect : code ?? .defect
    }

    private static let authorityName = "/authority.pem"

    /// A folder for the target's files.
    private static func makeFolder() -> String? {
        // mkdtemp(3) needs six of them.
        var name = Array(("/tmp/headroom-demo-" + String(repeating: "X", count: 6)).utf8CString)
        return mkdtemp(&name).map { String(cString: $0) }
    }

    /// Time limit for it to listen.
    private static let startLimit: Int64 = 10_000_000_000

    private static func spawn(_ words: [String], output: Int32, closing: Int32) -> (pid: pid_t, status: Int32)
    {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addclose(&actions, closing)
        posix_spawn_file_actions_addclose(&actions, output)
        // A process group of its own: Ctrl-C is for this process, and the target has to outlive its drain.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let status = posix_spawn(
            &pid, "/proc/self/exe", &actions, &attributes, &arguments, linux_environment())
        return (pid, status)
    }

    private static func readPort(_ fd: Int32) -> UInt16? {
        var text: [UInt8] = []
        while text.count < Self.readyLimit {
            var entry = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
            if linux_poll(&entry, 1, Self.startLimit) <= 0 { return nil }
            var byte: UInt8 = 0
            if read(fd, &byte, 1) != 1 { return nil }
            text.append(byte)
            if byte != UInt8(ascii: "\n") { continue }
            let words = String(decoding: text, as: UTF8.self).split(separator: " ")
            if let url = words.first(where: { $0.contains("://") }) {
                return url.split(separator: ":").last.flatMap { UInt16($0) }
            }
        }
        return nil
    }

    /// Most bytes that it may print before it is ready.
    private static let readyLimit = 1_024

    /// Ends it and waits until it is gone.
    func end() {
        kill(self.pid, SIGTERM)
        waitpid(self.pid, nil, 0)
        if let authorityFile {
            unlink(authorityFile)
            rmdir(String(authorityFile.dropLast(Self.authorityName.count)))
        }
    }
}

extension TargetProcess.StartError {
    /// A call failed: the user can raise a limit of the machine; everything else is a defect.
    init(_ what: String, _ error: Errno) {
        let failure = CommandError(engine: .failed(what, error))
        self.init(reason: failure.sentence, code: failure.code)
    }
}
