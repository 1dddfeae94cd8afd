/// What went to one address of the target's name, counted by one worker.
struct AddressTally {
    var connections: UInt64 = 0
    /// Connects that failed, handshakes included.
    var failed: UInt64 = 0
    /// Requests handed to a connection, each time that they were.
    var requests: UInt64 = 0
}

/// The addresses of the target's name: users take them in turn, and one that answered is kept.
extension Worker {
    /// TCP is established with the address tried last.
    mutating func countAddress(_ tries: AddressTries) {
        self.addressTallies[tries.last(of: self.addressCount)].connections &+= 1
    }

    /// The connection may carry requests, its handshake over: its address is tried first next time, by the same user.
    mutating func keepAddress(_ tries: inout AddressTries) { tries.prefer(tries.last(of: self.addressCount)) }

    /// What went to each address.
    var addressCounts: [AddressTally] {
        Array(UnsafeBufferPointer(start: self.addressTallies, count: self.addressCount))
    }
}
