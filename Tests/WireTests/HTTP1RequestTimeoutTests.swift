import Testing
import Wire

@Suite("The goodbye of a server to a silent connection")
struct HTTP1RequestTimeoutTests {
    @Test(
        "is 408, in any version and with any reason; nothing else is, and no part of it",
        arguments: [
            ("HTTP/1.1 408 Request Timeout\r\n\r\n", true), ("HTTP/1.0 408\r\n", true), ("HTTP/1.1 408", true),
            ("HTTP/1.1 40", false), ("HTTP/1.1 409 Conflict", false), ("HTTP/1.1 200 408", false), ("", false),
            ("HTTP/2.0 408 ", false), ("x", false),
        ])
    func begins(_ text: String, _ isTimeout: Bool) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBufferPointer(HTTP1RequestTimeout.begins) == isTimeout)
    }
}
