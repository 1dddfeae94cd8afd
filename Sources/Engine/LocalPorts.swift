import CLinux
import Kernel

/// Selects the local ports that the new connections of one loop try: a few at a time.
///
/// By default the kernel tries every even port before the first odd one. Once half of the ports are in use, or wait
/// (TIME_WAIT), each connect searches 14,000 ports in vain, under a lock. That takes 5 ms where 40 µs are usual, and
/// blocks the loop. So each connect gets a window of ports (IP_LOCAL_PORT_RANGE of ip(7), Linux 6.3 or later), which
/// moves on when it is full. Where the kernel does not know the option, it searches as ever.
/// later), which moves on when it is full. Where the kernel knows no such option, it searches as ever.
struct LocalPorts {
    private let range: Range<Int>
    /// The first port of the window.
    private(set) var start: Int
    private(set) var isSupported = true

    /// Ports in the window: a connect searches so many before the window moves on.
    static let windowLength = 256

    /// Ports for one of `shares` loops, which start far apart. `offset`: where the first loop starts, so that a run
    /// does not start where the last one ended.
    init(range: Range<Int>, share: Int = 0, of shares: Int = 1, offset: Int = 0) {
        self.range = range
        let windows = Self.windows(of: range)
        let number = max(0, share) * windows / max(1, shares) + max(0, offset) % windows
        self.start = range.lowerBound + number % windows * Self.windowLength
    }

    private static func windows(of range: Range<Int>) -> Int {
        max(1, (range.count + Self.windowLength - 1) / Self.windowLength)
    }

    /// A socket as `Socket.connect` gives it. EADDRNOTAVAIL: no window has a free port, or there is no source address.
    mutating func connect(to address: SocketAddress) throws(Errno) -> Int32 {
        let fd = try Socket.make(address)
        var error = Errno(EADDRNOTAVAIL)
        for attempt in 0..<Self.windows(of: self.range) {
            self.narrow(fd)
            do throws(Errno) {
                try Socket.connect(fd, to: address)
                return fd
            } catch let failure {
                error = failure
            }
            if error.code != EADDRNOTAVAIL || !self.isSupported { break }
            // The kernel returns the same error where this machine has no source address; then no window helps.
            if attempt == 0 && !Socket.hasSource(for: address) { break }
            self.moveOn()
        }
        close(fd)
        throw error
    }

    private mutating func narrow(_ fd: Int32) {
        if !self.isSupported { return }
        let last = min(self.start + Self.windowLength, self.range.upperBound) - 1
        let status = linux_narrow_ports(fd, UInt16(clamping: self.start), UInt16(clamping: last))
        self.isSupported = status == 0
        if !self.isSupported { KernelRefusals.note(.localPortWindow, status: status) }
    }

    private mutating func moveOn() {
        self.start += Self.windowLength
        if self.start >= self.range.upperBound { self.start = self.range.lowerBound }
    }
}
