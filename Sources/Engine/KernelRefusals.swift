import Synchronization

/// Kernel settings that make headroom's times exact. A load can go on without them.
public enum KernelSetting: UInt32, CaseIterable, Sendable {
    case cpuPin, timerSlack, noDelay, receiveStamps, localPortWindow

    /// The name in run.json.
    public var name: String {
        switch self {
        case .cpuPin: "cpu_pin"
        case .timerSlack: "timer_slack"
        case .noDelay: "tcp_nodelay"
        case .receiveStamps: "receive_timestamps"
        case .localPortWindow: "local_port_window"
        }
    }
}

/// The settings that the kernel refused. Any thread notes one, outside the path of requests.
public final class KernelRefusals: Sendable {
    private let bits = Atomic<UInt32>(0)

    /// Those of this process.
    public static let ofProcess = KernelRefusals()

    /// Notes a call of this process that returned a failure. Out of line, as callers may be on a hot path.
    @inline(never)
    static func note(_ setting: KernelSetting, status: Int32) { Self.ofProcess.note(setting, status: status) }

    /// Nothing is refused yet.
    public init() {}

    /// Notes a call that returned a failure; a success changes nothing.
    func note(_ setting: KernelSetting, status: Int32) {
        if status == 0 { return }
        self.bits.bitwiseOr(1 << setting.rawValue, ordering: .relaxed)
    }

    /// What was refused so far, in the order of `KernelSetting`.
    public var all: [KernelSetting] {
        let bits = self.bits.load(ordering: .relaxed)
        return KernelSetting.allCases.filter { bits & (1 << $0.rawValue) != 0 }
    }
}
