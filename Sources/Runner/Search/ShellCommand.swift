import CLinux
import Engine
import Kernel

/// A command given by the user, which the shell runs before a trial; its output goes to standard error.
struct ShellCommand {
    let text: String

    /// How it ended.
    enum Outcome: Equatable {
        case done
        /// It failed; the reason as text.
        case failed(String)
        case interrupted(Int32)
    }

    /// Time limit for a command; then it is killed. Nanoseconds.
    static let limit: UInt64 = 600_000_000_000
    /// Pause between two checks for its end, in nanoseconds.
    private static let pause: UInt64 = 20_000_000

    /// Runs it to its end.
    func run(_ signals: SignalSource) -> Outcome {
        let (pid, status) = self.spawn()
        if status != 0 { return .failed("the shell did not start: \(Self.words(Errno(status)))") }
        let begin = MonotonicClock.now()
        while MonotonicClock.now() &- begin < Self.limit {
            var end: Int32 = 0
            let found = waitpid(pid, &end, WNOHANG)
            if found == pid { return Self.outcome(end) }
            if found < 0, linux_errno() != EINTR {
                return .failed("its end cannot be seen: \(Errno.current)")
            }
            if let signal = signals.wait(nanoseconds: Self.pause) {
                Self.end(pid, SIGTERM)
                return .interrupted(signal)
            }
        }
        Self.end(pid, SIGKILL)
        return .failed("it went on for more than \(Self.limit / 1_000_000_000) s and was killed")
    }

    private static func words(_ error: Errno) -> String {
        "\(error)" + (ResourceLimit.advice(error).map { ": \($0)" } ?? "")
    }

    /// Ends the command and all processes in its process group.
    private static func end(_ pid: pid_t, _ signal: Int32) {
        kill(-pid, signal)
        waitpid(pid, nil, 0)
    }

    private static func outcome(_ status: Int32) -> Outcome {
        let signal = status & 0x7f
        if signal != 0 { return .failed("signal \(signal) ended it") }
        let code = (status >> 8) & 0xff
        return code == 0 ? .done : .failed("it ended with exit code \(code)")
    }

    private func spawn() -> (pid: pid_t, status: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, 2, 1)
        // It gets a process group of its own, and the default handling of the signals that we took over.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawnattr_setpgroup(&attributes, 0)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGPIPE, SIGXFSZ] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        let words = ["sh", "-c", self.text]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &arguments, linux_environment())
        return (pid, status)
    }
}
