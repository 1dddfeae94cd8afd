import Numerics
import Testing

@testable import Target

struct RouteTests {
    private func route(_ target: String) -> Route {
        Array(target.utf8).withUnsafeBufferPointer { Route(target: $0) }
    }

    @Test(
        "Every path has its route",
        arguments: [
            ("/", .root), ("/bytes/0", .bytes(0)), ("/bytes/50000", .bytes(50_000)),
            ("/bytes/1073741824", .bytes(1 << 30)), ("/delay/5", .delay(milliseconds: 5, bytes: nil)),
            ("/delay/5/bytes/7", .delay(milliseconds: 5, bytes: 7)), ("/status/101", .status(101)),
            ("/status/599", .status(599)), ("/chunked/9", .chunked(9)), ("/drip", .drip(50)),
            ("/drip/3", .drip(3)), ("/truncate", .truncate), ("/close", .close),
            ("/close-delimited/8", .closeDelimited(8)), ("/lose/100", .lose(100)), ("/silent", .silent), ("/reset", .reset),
            ("/garbage", .garbage), ("/health", .health), ("/stats", .stats), ("/half-500", .half500),
            ("/health?x=/1", .health), ("/?a", .root), ("http://a.example:80/bytes/4?b", .bytes(4)),
            ("http://host", .root), ("http://host?/bytes/4", .root),
        ] as [(String, Route)])
    func known(target: String, expected: Route) { #expect(self.route(target) == expected) }

    @Test(
        "A path that the target does not have is unknown, numbers out of range included",
        arguments: [
            "", "*", "bytes/5", "x", "/nothing", "/bytes", "/bytes/", "/bytes/1073741825", "/bytes/-1",
            "/bytes/+1", "/bytes/1x", "/bytes/1/2", "/bytes/99999999999999999999999999", "/bytes/1/",
            "/bytes/18446744073709551616", "/status/100", "/status/600", "/status/", "/delay/3600001",
            "/delay/5/bytes", "/delay/5/chunked/7", "/delay/5/bytes/x", "/health/", "/Health", "//",
            "http://", "http:///bytes/4", "http://?/bytes/4", "/close-delimited", "/lose/0", "/lose", "/lose/4294967296", "/%62ytes/5",
        ])
    func unknown(target: String) { #expect(self.route(target) == .unknown) }

    @Test("Random bytes never trap")
    func random() {
        var random = RandomGenerator(seed: 7)
        let alphabet = Array("/?0123456789bytesdelaychunkedhttp:\u{0}é".utf8)
        for _ in 0..<20_000 {
            let count = Int(random.next() % 40)
            let bytes = (0..<count).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            _ = bytes.withUnsafeBufferPointer { Route(target: $0) }
        }
    }
}
