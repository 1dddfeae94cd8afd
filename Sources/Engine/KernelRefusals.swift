import Synchronization

/// What headroom asks of the kernel so that its times are exact, and can go on without.
public enum KernelSetting: UInt32, CaseIterable, Sendable {
    case cpuPin, timerSlack, noDelay, receiveStamps, localPortWindow

    /// As run.json names it.
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

/// The settings that the kernel refused. Any thread notes one, on no path that a request takes.
public final class KernelRefusals: Sendable {
    private let bits = Atomic<UInt32>(0)

    /// Of this process.
    public static let ofProcess = KernelRefusals()

    /// Notes a call of this process that returned a failure. Out of line: what calls it may be on a hot path.
    @inline(never)
    static func note(_ setting: KernelSetting, status: Int32) { Self.ofProcess.note(setting, status: status) }

    /// None yet.
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
