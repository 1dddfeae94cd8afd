import Numerics
import Testing

@testable import Workload
import Units

@Suite("Where a redirect leads")
struct RedirectTargetTests {
    private let target = TargetURL(scheme: .http, host: "a", port: 80, path: "/")

    private func resolve(_ location: String, from path: String = "/b/c/d;p?q") -> RedirectTarget {
        RedirectTarget.resolve(Array(location.utf8), from: path, at: self.target)
    }

    /// RFC 3986 5.4, those for http, without their fragments.
    @Test(
        "The references of RFC 3986 are resolved as in its tables",
        arguments: [
            ("g", "/b/c/g"), ("./g", "/b/c/g"), ("g/", "/b/c/g/"), ("/g", "/g"), ("?y", "/b/c/d;p?y"),
            ("g?y", "/b/c/g?y"), ("#s", "/b/c/d;p?q"), ("g#s", "/b/c/g"), ("g?y#s", "/b/c/g?y"), (";x", "/b/c/;x"),
            ("g;x", "/b/c/g;x"), ("g;x?y#s", "/b/c/g;x?y"), ("", "/b/c/d;p?q"), (".", "/b/c/"), ("./", "/b/c/"),
            ("..", "/b/"), ("../", "/b/"), ("../g", "/b/g"), ("../..", "/"), ("../../", "/"), ("../../g", "/g"),
            ("../../../g", "/g"), ("../../../../g", "/g"), ("/./g", "/g"), ("/../g", "/g"), ("g.", "/b/c/g."),
            (".g", "/b/c/.g"), ("g..", "/b/c/g.."), ("..g", "/b/c/..g"), ("./../g", "/b/g"), ("./g/.", "/b/c/g/"),
            ("g/./h", "/b/c/g/h"), ("g/../h", "/b/c/h"), ("g;x=1/./y", "/b/c/g;x=1/y"), ("g;x=1/../y", "/b/c/y"),
            ("g?y/./x", "/b/c/g?y/./x"), ("g?y/../x", "/b/c/g?y/../x"), ("//a", "/"), ("http://a/x/../y", "/y"),
            ("http://A:80/x", "/x"), ("http://a?z", "/?z"), ("%41%2f", "/b/c/%41%2f"),
        ])
    func rfc3986(_ location: String, _ path: String) {
        #expect(self.resolve(location) == .same(path: path))
    }

    @Test(
        "Another scheme, host or port is another target",
        arguments: [
            "https://a/", "http://b/", "http://a:81/", "//b/c", "//a:8080", "mailto:x@a", "ftp://a/", "g:h",
            "http://a.b/x",
        ])
    func other(_ location: String) {
        #expect(self.resolve(location) == .other)
    }

    @Test(
        "What RFC 3986 does not allow leads nowhere",
        arguments: [
            "/a b", "/a\r\nX: y", "/a\nb", "/\u{0}", "/é", "/a\\b", "/a<b>", "/a\"b", "/{x}", "/a|b", "/a^b", "/a`b",
            "/%", "/%4", "/%zz", "http:", "http:/x", "http:x", "http://", "http://u:p@a/", "http://a:b/",
            "http://a:99999/", "//", "http://[::1/", "\t/x", " /x", String(repeating: "a", count: 8_193),
        ])
    func invalid(_ location: String) {
        guard case .invalid = self.resolve(location) else {
            Issue.record("\(location) is \(self.resolve(location))")
            return
        }
    }

    @Test("A name that is followed leads to its path; another port or scheme of it does not")
    func sibling() {
        func resolve(_ location: String) -> RedirectTarget {
            RedirectTarget.resolve(
                Array(location.utf8), from: "/b", at: self.target, hosts: ["www.a", "::1", "a"])
        }
        #expect(resolve("http://WWW.a/x/../y?z#f") == .sibling(host: "www.a", path: "/y?z"))
        #expect(resolve("//www.a:80") == .sibling(host: "www.a", path: "/"))
        #expect(resolve("http://[::1]/c") == .sibling(host: "::1", path: "/c"))
        #expect(resolve("http://a/c") == .same(path: "/c") && resolve("c") == .same(path: "/c"))
        for location in ["https://www.a/", "http://www.a:81/", "http://b.www.a/", "http://www.a.b/"] {
            #expect(resolve(location) == .other, "\(location)")
        }
        #expect(self.resolve("http://www.a/") == .other)
    }

    @Test("A request for another host drops the first one's Host and secrets")
    func leavingHost() {
        let names = ["host", "Authorization", "COOKIE", "Proxy-Authorization", "X-Id"]
        let step = Step(path: "/a", headers: names.map { HeaderField(name: $0, value: "1") })
        #expect(step.leavingHost().headers.map(\.name) == ["X-Id"])
        #expect(step.leavingHost().path == "/a")
    }

    @Test("HOST and HOST:PORT are read; anything more is refused")
    func followHost() throws {
        #expect(try FollowHost.parse("Example.com") == FollowHost(host: "example.com"))
        #expect(try FollowHost.parse("example.com:8080") == FollowHost(host: "example.com", port: 8_080))
        #expect(try FollowHost.parse("[::1]") == FollowHost(host: "::1"))
        #expect(try FollowHost.parse("[::1]:80") == FollowHost(host: "::1", port: 80))
        for text in ["example.com:80", "example.com", "[::1]", "[::1]:80"] {
            #expect(try FollowHost.parse(text).text == text)
        }
        for text in ["", "http://a", "a/b", "a?b", "a#b", "a:b", "a:0", "u@a", "a b", "::1"] {
            #expect(throws: ParseError.self, "\(text)") { try FollowHost.parse(text) }
        }
    }

    @Test("Hosts are followed with --follow, on the target's port, and only a few of them")
    func followHostFlaws() {
        func flaws(_ follow: Int, _ hosts: [FollowHost]) -> [String] {
            var profile = Profile(name: "x", target: self.target, session: [Step(path: "/")])
            profile.follow = follow
            profile.followHosts = hosts
            return profile.validate().map(\.path)
        }
        let www = FollowHost(host: "www.a")
        #expect(flaws(1, [www, FollowHost(host: "b.a", port: 80)]).isEmpty)
        #expect(flaws(0, [www]) == ["target.follow_hosts"])
        #expect(flaws(1, [www, FollowHost(host: "b.a", port: 81)]) == ["target.follow_hosts[1]"])
        #expect(flaws(1, Array(repeating: www, count: Profile.followHostsLimit + 1)) == ["target.follow_hosts"])
        #expect(flaws(1, Array(repeating: www, count: Profile.followHostsLimit)).isEmpty)
    }

    @Test("No bytes trap, and the resulting target can be in a request line")
    func anyBytes() throws {
        var random = RandomGenerator(seed: 11)
        let alphabet = Array("/.?#:%@[]ahtp1\r\n \u{0}\u{ff}".utf8) + [0x80, 0xFF]
        for _ in 0..<20_000 {
            let length = Int(random.next() % 24)
            let bytes = (0..<length).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            guard case .same(let path) = RedirectTarget.resolve(bytes, from: "/b?c", at: self.target) else { continue }
            #expect(path.hasPrefix("/") && path.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        }
    }

    @Test(
        "After 303, and after a POST with 301 or 302, a GET without a body follows; after 307 and 308 the same request")
    func methods() {
        let post = Step(
            method: "POST", path: "/a", headers: [
                HeaderField(name: "Content-Type", value: "text/plain"), HeaderField(name: "X-Id", value: "1"),
            ], body: [1, 2])
        for status: UInt16 in [301, 302, 303] {
            let next = post.redirected(by: status, to: "/b")
            #expect(next.method == "GET" && next.path == "/b" && next.body.isEmpty)
            #expect(next.headers.map(\.name) == ["X-Id"])
        }
        for status: UInt16 in [307, 308] {
            let next = post.redirected(by: status, to: "/b")
            #expect(next.method == "POST" && next.path == "/b" && next.body == [1, 2] && next.headers.count == 2)
        }
        #expect(Step(method: "HEAD", path: "/").redirected(by: 303, to: "/b").method == "HEAD")
        #expect(Step(method: "PUT", path: "/", body: [1]).redirected(by: 302, to: "/b").method == "PUT")
        #expect(Step(method: "PUT", path: "/", body: [1]).redirected(by: 303, to: "/b").method == "GET")
    }
}
