/// What one worker counts for one address of the target's name.
struct AddressTally {
    var connections: UInt64 = 0
    /// Connects that failed, handshakes included.
    var failed: UInt64 = 0
    /// Requests handed to a connection; one that is sent again counts again.
    var requests: UInt64 = 0
}

/// The addresses of the target's name: users take them in turn, and stay with one that answered.
extension Worker {
    /// TCP is established with the address tried last.
    mutating func countAddress(_ tries: AddressTries) {
        self.addressTallies[tries.last(of: self.addressCount)].connections &+= 1
    }

    /// The connection is ready for requests, its handshake over. The same user tries its address first next time.
    mutating func keepAddress(_ tries: inout AddressTries) { tries.prefer(tries.last(of: self.addressCount)) }

    /// The counts of each address.
    var addressCounts: [AddressTally] {
        Array(UnsafeBufferPointer(start: self.addressTallies + 0, count: self.addressCount))
    }
}
