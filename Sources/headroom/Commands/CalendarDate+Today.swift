import CLinux
import Fleet
import Units

extension CalendarDate {
    /// The date of the system's clock, UTC.
    static var today: Self { Self(daysSince1970: Int(clamping: linux_realtime_nanoseconds() / 86_400_000_000_000)) }
}
