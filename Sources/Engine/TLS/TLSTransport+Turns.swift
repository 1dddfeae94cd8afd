import COpenSSL

/// Whose turn it is on the one buffer.
extension TLSTransport {
    /// Bytes of a connection that had to leave the buffer: a count, and the bytes.
    private static let parkedHeader = MemoryLayout<Int>.size

    /// An operation of a connection begins.
    @inline(__always)
    static func begin(_ state: UnsafeMutablePointer<State>, _ ssl: OpaquePointer, _ fd: Int32) {
        if state.pointee.owner != ssl { Self.change(state, to: ssl, fd) }
        state.pointee.error = 0
        state.pointee.isEnded = false
        // OpenSSL takes any old error for one of this operation.
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    /// Parks what is left of the former owner's, and takes back what was parked of the new one's.
    @inline(never)
    private static func change(_ state: UnsafeMutablePointer<State>, to ssl: OpaquePointer, _ fd: Int32) {
        if let owner = state.pointee.owner, state.pointee.start < state.pointee.end { Self.park(state, owner) }
        state.pointee.owner = ssl
        state.pointee.fd = fd
        state.pointee.start = 0
        state.pointee.end = 0
        state.pointee.isDrained = false
        state.pointee.expectsEnd = false
        state.pointee.delay = Sampling.none
        if state.pointee.parkedCount > 0, let parked = Self.takeParked(state, ssl) {
            let count = min(parked.load(as: Int.self), Self.receiveBytes)
            let bytes = (parked + Self.parkedHeader).assumingMemoryBound(to: UInt8.self)
            state.pointee.bytes.update(from: bytes, count: count)
            state.pointee.end = count
            parked.deallocate()
        }
    }

    private static func park(_ state: UnsafeMutablePointer<State>, _ owner: OpaquePointer) {
        let count = state.pointee.end &- state.pointee.start
        let parked = UnsafeMutableRawPointer.allocate(
            byteCount: Self.parkedHeader + count, alignment: MemoryLayout<Int>.alignment)
        parked.storeBytes(of: count, as: Int.self)
        (parked + Self.parkedHeader).copyMemory(
            from: state.pointee.bytes + state.pointee.start, byteCount: count)
        SSL_set_ex_data(owner, 0, parked)
        state.pointee.parkedCount &+= 1
    }

    private static func takeParked(
        _ state: UnsafeMutablePointer<State>, _ ssl: OpaquePointer
    ) -> UnsafeMutableRawPointer? {
        guard let parked = SSL_get_ex_data(ssl, 0) else { return nil }
        SSL_set_ex_data(ssl, 0, nil)
        state.pointee.parkedCount &-= 1
        return parked
    }

    /// A connection ends: nothing of it stays.
    static func leave(_ state: UnsafeMutablePointer<State>, _ ssl: OpaquePointer) {
        Self.takeParked(state, ssl)?.deallocate()
        guard state.pointee.owner == ssl else { return }
        state.pointee.owner = nil
        state.pointee.start = 0
        state.pointee.end = 0
    }

    /// Bytes of a connection wait here, so that no event will tell of them.
    static func holdsBytes(_ state: UnsafeMutablePointer<State>, of ssl: OpaquePointer) -> Bool {
        if state.pointee.owner == ssl { return state.pointee.start < state.pointee.end }
        return state.pointee.parkedCount > 0 && SSL_get_ex_data(ssl, 0) != nil
    }
}
