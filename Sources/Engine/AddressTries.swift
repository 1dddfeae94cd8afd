/// Which of a name's addresses a connection was tried to, from the preferred one on.
struct AddressTries {
    private var first: UInt8 = 0
    private var tried: UInt8 = 0

    /// Begins anew with an address; none is tried yet.
    mutating func begin(at address: Int) {
        self.first = UInt8(truncatingIfNeeded: address)
        self.tried = 0
    }

    /// Goes on to the next address.
    mutating func next() { self.tried &+= 1 }

    /// Some of `count` addresses were not tried yet.
    func areLeft(of count: Int) -> Bool { Int(self.tried) < count }

    /// The address of the last attempt, of `count`.
    func last(of count: Int) -> Int { (Int(self.first) + max(1, Int(self.tried)) - 1) % count }
}
