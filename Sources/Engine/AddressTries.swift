/// Which of a name's addresses a connection was tried to, starting with the preferred one. That is the user's own
/// address, or after a move the one that answered.
struct AddressTries {
    private var first: UInt8 = 0
    private var tried: UInt8 = 0

    /// The next connection starts with this address.
    mutating func prefer(_ address: Int) {
        self.first = UInt8(truncatingIfNeeded: address)
        self.tried = 0
    }

    /// Begins anew with the preferred address; none is tried yet.
    mutating func begin() { self.tried = 0 }

    /// Goes on to the next address.
    mutating func next() { self.tried &+= 1 }

    /// Some of `count` addresses were not tried yet.
    func areLeft(of count: Int) -> Bool { Int(self.tried) < count }

    /// None but the first address was tried.
    var isFirst: Bool { self.tried <= 1 }

    /// The address of the last attempt, of `count`.
    func last(of count: Int) -> Int { (Int(self.first) + max(1, Int(self.tried)) - 1) % count }

    /// The preferred address: that of the connection which was made.
    var preferred: Int { Int(self.first) }
}
