/// One open stream: a slot of a session. Plain data.
struct HTTP2Stream {
    /// 0: the slot is free.
    var id: UInt32 = 0
    /// The caller's tag.
    var tag: UInt32 = 0
    var isHead = false
    /// The final head was read.
    var headComplete = false
    /// Nothing may follow the head (HEAD, 204, 304).
    var isBodyless = false
    var interimCount: UInt8 = 0
    var status: UInt16 = 0
    /// Fields and decompressed bytes of all the response's header blocks.
    var fields: UInt16 = 0
    var listBytes: UInt32 = 0
    /// Payload bytes of its HEADERS and CONTINUATION frames.
    var headerBytes: UInt32 = 0
    /// The feed that last reported body bytes.
    var toldInFeed: UInt32 = 0
    /// Bytes that the server may still send, and that we may still send.
    var receiveWindow = 0
    var sendWindow = 0
    /// Content-Length; -1 if there is none.
    var expectedBytes: Int64 = -1
    var bodyBytes: UInt64 = 0
    /// The rest of the request's body.
    var upload: UnsafePointer<UInt8>?
    var uploadLeft = 0
}
