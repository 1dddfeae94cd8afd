import COpenSSL

/// Which connection uses the one buffer.
extension TLSTransport {
    /// Parked bytes of a connection begin with two counts: of decrypted bytes, and of ciphertext.
    private static let parkedHeader = 2 * MemoryLayout<Int>.size

    /// An operation of a connection begins.
    @inline(__always)
    static func begin(_ state: UnsafeMutablePointer<State>, _ ssl: OpaquePointer, _ fd: Int32) {
        if state.pointee.owner != ssl { Self.change(state, to: ssl, fd) }
        state.pointee.error = 0
        state.pointee.isEnded = false
        // OpenSSL would take an old error for one of this operation.
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    /// Parks what is left of the former owner, and takes back what was parked of the new one.
    @inline(never)
    private static func change(_ state: UnsafeMutablePointer<State>, to ssl: OpaquePointer, _ fd: Int32) {
        if let owner = state.pointee.owner { Self.park(state, owner) }
        state.pointee.owner = ssl
        state.pointee.fd = fd
        state.pointee.reader = Self.reader(state, ssl, fd)
        Self.empty(state)
        state.pointee.isDrained = false
        state.pointee.expectsEnd = false
        state.pointee.delay = Sampling.none
        if let parked = Self.takeParked(state, ssl, state.pointee.reader) { Self.unpack(state, parked) }
    }

    private static func empty(_ state: UnsafeMutablePointer<State>) {
        state.pointee.start = 0
        state.pointee.end = 0
        state.pointee.plainStart = 0
        state.pointee.plainEnd = 0
    }

    @inline(__always)
    static func reader(
        _ state: UnsafeMutablePointer<State>, _ ssl: OpaquePointer, _ fd: Int32
    ) -> UnsafeMutablePointer<TLSReader>? {
        guard let readers = state.pointee.readers, fd >= 0, fd < state.pointee.readersCapacity,
            let reader = readers[Int(fd)], reader.pointee.ssl == ssl
        else { return nil }
        return reader
    }

    /// The connection's handshake is over: from now on it reads its records itself, if its keys are known.
    static func takeOver(_ state: UnsafeMutablePointer<State>, _ ssl: OpaquePointer, _ fd: Int32) {
        guard state.pointee.secretOwner == ssl, var secret = state.pointee.secret else { return }
        defer { secret.wipe() }
        Self.forgetSecret(state)
        guard fd >= 0, SSL_has_pending(ssl) == 0, let hashes = Self.hashes(state),
            let reader = TLSReader(ssl, secret: secret, hashes)
        else { return }
        let index = Int(fd)
        if index >= state.pointee.readersCapacity { Self.growReaders(state, to: index + 1) }
        let place = UnsafeMutablePointer<TLSReader>.allocate(capacity: 1)
        place.initialize(to: reader)
        // A reader is left where a socket was closed before its connection was freed.
        if let stale = state.pointee.readers?[index] { Self.free(stale) }
        state.pointee.readers?[index] = place
        state.pointee.reader = place
    }

    /// The hashes of all suites, made once.
    private static func hashes(_ state: UnsafeMutablePointer<State>) -> (sha256: TLSHash, sha384: TLSHash)? {
        if state.pointee.hashes == nil {
            guard let sha256 = TLSHash.sha256() else { return nil }
            guard let sha384 = TLSHash.sha384() else {
                sha256.free()
                return nil
            }
            state.pointee.hashes = (sha256, sha384)
        }
        return state.pointee.hashes
    }

    private static func free(_ reader: UnsafeMutablePointer<TLSReader>) {
        reader.pointee.free()
        reader.deallocate()
    }

    /// Descriptors are numbered from 0 on, so the array grows little beyond the number of files open at once.
    private static func growReaders(_ state: UnsafeMutablePointer<State>, to count: Int) {
        let old = state.pointee.readersCapacity
        let capacity = max(count, 2 * old, 1_024)
        let readers = UnsafeMutablePointer<UnsafeMutablePointer<TLSReader>?>.allocate(capacity: capacity)
        readers.initialize(repeating: nil, count: capacity)
        if let before = state.pointee.readers {
            readers.update(from: before, count: old)
            before.deallocate()
        }
        state.pointee.readers = readers
        state.pointee.readersCapacity = capacity
    }

    private static func forgetSecret(_ state: UnsafeMutablePointer<State>) {
        state.pointee.secret?.wipe()
        state.pointee.secret = nil
        state.pointee.secretOwner = nil
    }

    /// Keeps what is left of the owner, with its reader or with OpenSSL's connection.
    private static func park(_ state: UnsafeMutablePointer<State>, _ owner: OpaquePointer) {
        guard let parked = Self.pack(state) else { return }
        if let reader = state.pointee.reader {
            reader.pointee.parked = parked
            reader.pointee.parkedHolds =
                state.pointee.plainStart < state.pointee.plainEnd || TLSReader.hasRecord(state)
        } else {
            SSL_set_ex_data(owner, 0, parked)
            state.pointee.parkedCount &+= 1
        }
    }

    private static func takeParked(
        _ state: UnsafeMutablePointer<State>, _ ssl: OpaquePointer, _ reader: UnsafeMutablePointer<TLSReader>?
    ) -> UnsafeMutableRawPointer? {
        if let reader {
            defer { reader.pointee.parked = nil }
            return reader.pointee.parked
        }
        guard state.pointee.parkedCount > 0, let parked = SSL_get_ex_data(ssl, 0) else { return nil }
        SSL_set_ex_data(ssl, 0, nil)
        state.pointee.parkedCount &-= 1
        return parked
    }

    /// A copy of what the buffer holds; nil for nothing.
    private static func pack(_ state: UnsafeMutablePointer<State>) -> UnsafeMutableRawPointer? {
        let plain = state.pointee.plainEnd &- state.pointee.plainStart
        let left = state.pointee.end &- state.pointee.start
        if plain == 0 && left == 0 { return nil }
        let parked = UnsafeMutableRawPointer.allocate(
            byteCount: Self.parkedHeader + plain + left, alignment: MemoryLayout<Int>.alignment)
        parked.storeBytes(of: plain, as: Int.self)
        parked.storeBytes(of: left, toByteOffset: MemoryLayout<Int>.size, as: Int.self)
        let bytes = parked + Self.parkedHeader
        bytes.copyMemory(from: state.pointee.bytes + state.pointee.plainStart, byteCount: plain)
        (bytes + plain).copyMemory(from: state.pointee.bytes + state.pointee.start, byteCount: left)
        return parked
    }

    /// Puts a parked copy back into the buffer, which is empty.
    private static func unpack(_ state: UnsafeMutablePointer<State>, _ parked: UnsafeMutableRawPointer) {
        let plain = parked.load(as: Int.self)
        let left = parked.load(fromByteOffset: MemoryLayout<Int>.size, as: Int.self)
        let bytes = (parked + Self.parkedHeader).assumingMemoryBound(to: UInt8.self)
        state.pointee.bytes.update(from: bytes, count: min(plain + left, Self.receiveBytes))
        state.pointee.plainEnd = plain
        state.pointee.start = plain
        state.pointee.end = plain + left
        parked.deallocate()
    }

    /// A connection ends: nothing of it stays.
    static func leave(_ state: UnsafeMutablePointer<State>, _ ssl: OpaquePointer, _ fd: Int32) {
        if state.pointee.secretOwner == ssl { Self.forgetSecret(state) }
        if let reader = Self.reader(state, ssl, fd) {
            Self.free(reader)
            state.pointee.readers?[Int(fd)] = nil
        } else {
            Self.takeParked(state, ssl, nil)?.deallocate()
        }
        guard state.pointee.owner == ssl else { return }
        state.pointee.owner = nil
        state.pointee.reader = nil
        Self.empty(state)
    }

    /// Whether bytes of a connection wait here that no event will report. Part of a record does not count: its rest
    /// comes with an event.
    static func holdsBytes(_ state: UnsafeMutablePointer<State>, of ssl: OpaquePointer, _ fd: Int32) -> Bool {
        if let reader = Self.reader(state, ssl, fd) {
            // The next read reports why it stopped.
            if reader.pointee.stop != nil { return true }
            if state.pointee.owner != ssl { return reader.pointee.parked != nil && reader.pointee.parkedHolds }
            return state.pointee.plainStart < state.pointee.plainEnd || TLSReader.hasRecord(state)
        }
        if SSL_has_pending(ssl) == 1 { return true }
        if state.pointee.owner == ssl { return state.pointee.start < state.pointee.end }
        return state.pointee.parkedCount > 0 && SSL_get_ex_data(ssl, 0) != nil
    }
}
