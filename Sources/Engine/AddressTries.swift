/// Which of a name's addresses a connection was tried to, from the preferred one on: a user's own, and after a move the
/// one that answered.
struct AddressTries {
    private var first: UInt8 = 0
    private var tried: UInt8 = 0

    /// The next connection is tried there first.
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

    /// The preferred address: that of a connection which came to be.
    var preferred: Int { Int(self.first) }
}
