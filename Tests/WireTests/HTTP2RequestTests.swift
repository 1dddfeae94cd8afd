import Testing
import Wire

/// What may become a request over HTTP/2, and what must never become one.
@Suite(.timeLimit(.minutes(1)))
struct HTTP2RequestTests {
    private func fault(
        method: String = "GET", authority: String = "a", path: String = "/",
        _ fields: [(name: String, value: String)] = [], body: [UInt8] = []
    ) -> HTTP2EncodeFault? {
        do {
            _ = try HTTP2RequestTemplate(
                method: method, scheme: "https", authority: authority, path: path, fields: fields, body: body)
            return nil
        } catch { return error }
    }

    @Test(
        "pseudo fields come first, names in lower case, Host as :authority, Content-Length where there is a body"
    )
    func fields() throws {
        let template = try HTTP2RequestTemplate(
            method: "POST", scheme: "https", authority: "a", path: "/x?y",
            fields: [("Host", "b:1"), ("X-One", "1"), ("TE", "trailers")], body: [1, 2])
        guard var session = HTTP2ClientSession() else { return }
        #expect(session.submit(template.request, tag: 0) == 1)
        let output = Array(session.output())
        let frames = SentFrame.all(in: output)
        #expect(frames.map(\.type) == [4, 8, 1, 0])
        #expect(frames.last?.payload == [1, 2] && frames.last?.flags == 1)
        #expect(frames[2].flags == 4)
        // nghttp2 Huffman-codes the strings; the indexes of the static table stand for the names.
        #expect(frames[2].payload.prefix(2) == [0x83, 0x87])
    }

    @Test("fields that end early, split a header or belong to HTTP/1.1 are refused, with their place")
    func refused() {
        #expect(fault() == nil)
        #expect(fault(method: "GE T") == .method)
        #expect(fault(method: "CONNECT") == .method)
        #expect(fault(path: "x") == .path)
        #expect(fault(path: "/a b") == .path)
        #expect(fault(path: "/a\r\nx: y") == .path)
        #expect(fault(path: "") == .path)
        #expect(fault(path: "*") == nil)
        #expect(fault(authority: "") == .authority)
        #expect(fault(authority: "a\n") == .authority)
        #expect(fault([("Host", "a b")]) == .authority)
        #expect(fault([("Host", "a"), ("host", "a")]) == .secondHost(index: 1))
        #expect(fault([("a", "b"), (":path", "/")]) == .fieldName(index: 1))
        #expect(fault([("", "b")]) == .fieldName(index: 0))
        for value in ["a\r\nb: c", "a\0", " a", "a\t", "\u{7F}"] {
            #expect(fault([("x", value)]) == .fieldValue(index: 0))
        }
        for name in ["Connection", "keep-alive", "Proxy-Connection", "Transfer-Encoding", "UPGRADE"] {
            #expect(fault([(name, "x")]) == .connectionField(index: 0))
        }
        #expect(fault([("te", "gzip")]) == .connectionField(index: 0))
        #expect(fault([("content-length", "3")], body: [1]) == .contentLength(index: 0))
        #expect(
            fault([("content-length", "1"), ("Content-Length", "1")], body: [1]) == .contentLength(index: 1))
    }
}
