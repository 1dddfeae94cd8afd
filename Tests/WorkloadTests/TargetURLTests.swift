import Numerics
import Testing

@testable import Workload
import Units

@Suite("URLs")
struct TargetURLTests {
    @Test(
        "a URL is taken apart and put together",
        arguments: [
            ("http://127.0.0.1:8080", "127.0.0.1", 8080, "/", "127.0.0.1:8080"),
            ("http://shop.example.com/a/b?c=d&e", "shop.example.com", 80, "/a/b?c=d&e", "shop.example.com"),
            ("https://Shop.Example.COM/", "shop.example.com", 443, "/", "shop.example.com"),
            ("HTTP://localhost:80/x#part", "localhost", 80, "/x", "localhost"),
            ("http://[::1]:8080/x", "::1", 8080, "/x", "[::1]:8080"),
            ("http://[2001:DB8::192.0.2.1]", "2001:db8::192.0.2.1", 80, "/", "[2001:db8::192.0.2.1]"),
            ("http://h?q=1", "h", 80, "/?q=1", "h"), ("http://h#f", "h", 80, "/", "h"),
            ("http://my_host.:65535//x", "my_host.", 65535, "//x", "my_host.:65535"),
            ("http://h/%0d%0a?@:", "h", 80, "/%0d%0a?@:", "h"),
        ] as [(String, String, UInt16, String, String)])
    func reads(_ text: String, _ host: String, _ port: UInt16, _ path: String, _ authority: String) throws {
        let url = try TargetURL.parse(text)
        #expect(url.host == host && url.port == port && url.path == path && url.authority == authority)
        #expect(try TargetURL.parse(url.text) == url)
    }

    @Test(
        "a text that is no usable URL is an error that explains how to write it",
        arguments: [
            ("", "empty"), ("localhost:8080", "write `http://localhost:8080`"), ("/x", "no scheme"),
            ("http:/h", "no scheme"), ("ftp://h/", "`ftp` is not a scheme"), ("://h", "not a scheme"),
            ("http://", "no host"), ("http:///x", "no host"), ("http://:80", "no host"),
            ("http://h:", "not a port"),
            ("http://h:0", "not a port"), ("http://h:65536", "not a port"), ("http://h:+80", "not a port"),
            ("http://h:80a", "not a port"), ("http://h:000080", "not a port"), ("http://a b/", "a space"),
            ("http://h/ä", "beyond ASCII"),
            ("http://ä.de/", "beyond ASCII"), ("http://[::1", "lacks a `]`"),
            ("http://[::1]8080", "after the address"),
            ("http://::1/", "several colons"), ("http://[::g]", "not an IPv6"), ("http://[]", "not an IPv6"),
            ("http://[1::2::3]", "not an IPv6"), ("http://[1:2:3:4:5:6:7]", "not an IPv6"),
            ("http://[:::]", "not an IPv6"),
            ("http://[1:2:3:4:5:6:7:8:9]", "not an IPv6"), ("http://[::1.2.3]", "not an IPv6"),
            ("http://[fe80::1%25eth0]", "interface"), ("http://256.1.1.1", "not an IPv4"),
            ("http://1.2.3", "not an IPv4"),
            ("http://127.1", "not an IPv4"), ("http://01.2.3.4", "not an IPv4"),
            ("http://0x7f.1", "not an IPv4"),
            ("http://a..b", "not a host name"), ("http://-a", "not a host name"),
            ("http://a%41", "not a host name"),
            ("http://\(String(repeating: "a", count: 64)).de", "not a host name"),
            ("http://.", "not a host name"),

        ])
    func refuses(_ text: String, _ fragment: String) {
        #expect { try TargetURL.parse(text) } throws: {
            ($0 as? ParseError)?.message.contains(fragment) == true
        }
    }

    @Test("control characters and very long URLs are refused")
    func refusesUnprintable() {
        let cases = [
            ("http://h/\r\nX: y", "a carriage return"), ("http://h/a\u{0}", "a NUL"),
            ("http://h\n", "a line feed"),
            ("http://h/" + String(repeating: "a", count: 9_000), "longer than"),
        ]
        for (text, fragment) in cases {
            #expect { try TargetURL.parse(text) } throws: { "\($0)".contains(fragment) }
        }
    }

    @Test(
        "a password in a URL is refused and never repeated",
        arguments: [
            "http://user:s3cret@h/", "http://s3cret@h", "user:s3cret@h", "http://u:s3cret@h:99999",
            "http://s3cret @h",
            "http://u:s3cret@\u{308}h/", "s3cret@@h", "http://u:s3cret@[::1",
        ])
    func hidesSecrets(_ text: String) {
        #expect { try TargetURL.parse(text) } throws: {
            ($0 as? ParseError)?.message.contains("s3cret") == false
        }
    }

    @Test("the IPv6 reader agrees with the system's on random texts")
    func agreesWithSystem() {
        var generator = RandomGenerator(seed: 6)
        let pieces = ["1", "ffff", ":", "::", "0", "abcd", "12345", "1.2.3.4", ".", "g", ":", ":", "9"]
        var accepted = 0
        for _ in 0..<50_000 {
            let length = Int(generator.upTo(14))
            let text = (0...length).map { _ in pieces[Int(generator.upTo(UInt64(pieces.count - 1)))] }
                .joined()
            let expected = systemAcceptsIPv6(text)
            accepted += expected ? 1 : 0
            #expect(isIPv6(text[...]) == expected, "\(text)")
        }
        #expect(accepted > 100)
    }
}
