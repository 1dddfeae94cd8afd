import Testing

@testable import Workload

/// One bad file, and the error that it must give: its place, a part of its text, and the number of all errors.
struct BadProfile: Sendable, CustomTestStringConvertible {
    var text: String
    var place: String
    var fragment: String
    /// The number of all errors.
    var count = 1

    var testDescription: String { "\(self.place) \(self.fragment)" }

    /// A whole file.
    static func file(_ text: String, _ place: String, _ fragment: String, count: Int = 1) -> BadProfile {
        BadProfile(text: text, place: place, fragment: fragment, count: count)
    }

    /// A valid head (4 lines), then a step with these keys (line 5 on).
    static func step(_ step: String, _ place: String, _ fragment: String, count: Int = 1) -> BadProfile {
        let head = "version: 1\nname: n\ntarget: {url: http://h}\nsession:\n"
        return BadProfile(text: head + step + "\n", place: place, fragment: fragment, count: count)
    }

    /// A valid file of 4 lines, then this on line 5.
    static func tail(_ tail: String, _ place: String, _ fragment: String, count: Int = 1) -> BadProfile {
        let head = "version: 1\nname: n\ntarget: {url: http://h}\nsession: [{get: /}]\n"
        return BadProfile(text: head + tail + "\n", place: place, fragment: fragment, count: count)
    }

    /// A valid file with this target on line 3.
    static func target(_ target: String, _ place: String, _ fragment: String, count: Int = 1) -> BadProfile {
        let text = "version: 1\nname: n\ntarget: \(target)\nsession: [{get: /}]\n"
        return BadProfile(text: text, place: place, fragment: fragment, count: count)
    }

    static let structure: [BadProfile] = [
        .file("", "1:1", "the profile is empty"),
        .file("# only a comment\n", "1:1", "the profile is empty"),
        .file("hello", "1:1", "a profile is a mapping"),
        .file("[1, 2]", "1:1", "found a list"),
        .file("null", "1:1", "found nothing"),
        .file("{}", "1:1", "version: this key is missing", count: 4),
        .file("version: 1\nname: n\nsession: [{get: /}]\n", "1:1", "target: this key is missing"),
        .file("version: 1\nname: n\ntarget: {url: http://h}\n", "1:1", "session: this key is missing"),
        .file("a: [1, 2\n", "2:1", "not valid YAML"),
        .file("a: \"open\n", "2:1", "not valid YAML"),
        .file("a: b: c\n", "1:5", "put quotes around a text that holds"),
        .file("a:\n\tb: 1\n", "2:1", "a tab cannot indent"),
        .file("a: 1\n b: 2\n", "2:3", "not valid YAML"),
        .file("{\"version\" 1}", "1:12", "not valid YAML"),
        .file("a: &x 1\nb: *x\n", "1:4", "anchors", count: 8),
        .file("a: !!str 1\n", "1:1", "unknown key", count: 6),
        .file("version: 1\n---\nversion: 1\n", "2:1", "a second document"),
        .file("version: 1\u{0}\n", "1:11", "a NUL character"),
        .file("version: 1\nname: \u{7}\n", "2:7", "control character 0x7"),
        .file("version: 1\nname: \u{FEFF}x\n", "2:7", "byte order mark inside"),
        .file("version: 1\nname: \u{85}\u{9C}\n", "2:8", "U+9C"),
        .file("? [a]\n: 1\n", "1:1", "missing", count: 5),
        .file("%YAML 9.9\n---\na: 1\n", "1:1", "not valid YAML"),
        .file(String(repeating: "[", count: 17), "1:17", "nested deeper than 16"),
        .file("a: " + String(repeating: "{a: ", count: 100), "1:64", "nested deeper than 16"),
        .file("a: \"\\ud800\"\n", "1:7", "not valid YAML"),
    ]

    static let head: [BadProfile] = [
        .file(
            "version: \"1\"\nname: n\ntarget: {url: http://h}\nsession: [{get: /}]", "1:10", "drop the quotes"
        ),
        .file(
            "version: 1.0\nname: n\ntarget: {url: http://h}\nsession: [{get: /}]", "1:10",
            "not a whole number"),
        .file(
            "version: 3\nname: n\ntarget: {url: http://h}\nsession: [{get: /}]", "1:10",
            "version 3 is not known"),
        .file("version: 1\nname: ../x\ntarget: {url: http://h}\nsession: [{get: /}]", "2:7", "is not a name"),
        .file("version: 1\nname:\ntarget: {url: http://h}\nsession: [{get: /}]", "2:6", "found nothing"),
        .file("version: 1\nname: [n]\ntarget: {url: http://h}\nsession: [{get: /}]", "2:7", "found a list"),
        .tail("name: m", "5:1", "a second time"),
        .tail("sesion: []", "5:1", "did you mean `session`?"),
        .tail("xyzzy: 1", "5:1", "known here: version, name"),
        .target("http://h", "3:9", "`target` is a mapping"),
        .target("{}", "3:9", "target.url: this key is missing"),
        .target("{url: h}", "3:15", "write `http://h`"),
        .target("{url: \"http://u:pw@h\"}", "3:15", "a user name or a password"),
        .target("{url: \"http://h/?q\"}", "3:15", "put it into the paths"),
        .target("{url: \"http://h\\r\\nX: y\"}", "3:15", "a carriage return"),
        .target("{url: https://h, http: h2c}", "3:32", "h2c is HTTP/2 in clear text"),
        .target("{url: http://h, http: 2}", "3:31", "2 is HTTP/2 over TLS"),
        .target("{url: http://h, streams: 2}", "3:34", "over HTTP/2 only"),
        .target("{url: https://h, http: 1.1, streams: 2}", "3:46", "over HTTP/2 only"),
        .target("{url: http://h, http: h2c, streams: 0}", "3:45", "from 1 to 1024"),
        .target("{url: http://h, follow: 1, follow_hosts: www.h}", "3:50", "list"),
        .target("{url: http://h, follow: 1, follow_hosts: [w/x]}", "3:51", "write HOST or HOST:PORT"),
        .target("{url: http://h, follow: 1, follow_hosts: [\"w:81\"]}", "3:50", "connections go to port 80"),
        .target("{url: http://h, follow_hosts: [w]}", "3:39", "no redirect is followed"),
        .target("{url: http://h, tls: {insecure: true}}", "3:30", "the URL is http://"),
        .target("{url: https://h, tls: {insecure: yes}}", "3:42", "neither true nor false"),
        .target("{url: https://h, tls: {key: k.pem}}", "3:37", "a key without its certificate"),
        .target("{url: https://h, tls: {min: 1.3, max: 1.2}}", "3:37", "no version at all"),
        .target("{url: https://h, tls: {min: 1.1}}", "3:37", "`1.1` is not known"),
        .target("{url: https://h, tls: {ciphers: \"a b\"}}", "3:41", "names between colons"),
        .target("{url: https://h, tls: {verify: false}}", "3:32", "unknown key"),
        .target("{url: http://h, http: spdy}", "3:31", "`spdy` is not known"),
        .target("{url: http://h, timeouts: 5s}", "3:35", "`timeouts` is a mapping"),
        .target("{url: http://h, timeouts: {conect: 5s}}", "3:36", "did you mean `connect`?"),
        .target("{url: http://h, timeouts: {idle: 0}}", "3:42", "0 is no time here"),
        .target("{url: http://h, timeouts: {idle: 5}}", "3:42", "no unit"),
        .target("{url: http://h, timeouts: {total: [5s]}}", "3:43", "found a list"),
    ]

    static let steps: [BadProfile] = [
        .step("  - /x", "5:5", "a step is a mapping"),
        .step("  - {}", "5:5", "write `get: /path`"),
        .step("  get: /", "5:3", "this is a list"),
        .step("  - method: GET", "5:5", "write both"),
        .step("  - get: /\n    post: /", "6:5", "keep one"),
        .step("  - get: /\n    path: /", "6:5", "keep one"),
        .step("  - got: /", "5:5", "did you mean `get`?", count: 2),
        .step("  - get: x", "5:10", "begin it with `/`"),
        .step("  - get: \"/a b\"", "5:10", "write it as %20"),
        .step("  - get: \"/a\\r\\nX: y\"", "5:10", "a carriage return"),
        .step("  - get: /ä", "5:10", "percent-encode it"),
        .step("  - get:", "5:9", "found nothing"),
        .step("  - {method: G T, path: /}", "5:14", "not an HTTP method"),
        .step("  - {method: get, path: /}", "5:14", "write GET"),
        .step("  - {get: /, repeat: 0}", "5:22", "0 times; use 1"),
        .step("  - {get: /, repeat: -1}", "5:22", "-1 times"),
        .step("  - {get: /, repeat: 1e3}", "5:22", "not a whole number"),
        .step("  - {get: /, repeat: 1000001}", "5:22", "use 1 to 1000000"),
        .step("  - {get: /, repeat: 99999999999999999999}", "5:22", "out of range"),
        .step(
            "  - {get: /, repeat: 600000}\n  - {get: /, repeat: 600000}", "5:3", "more than 1000000 requests"),
        .step("  - {get: /, every: 5}", "5:21", "no unit"),
        .step("  - {get: /, every: .nan}", "5:21", "not a time"),
        .step("  - {get: /, every: 1e308s}", "5:21", "no unit of time"),
        .step("  - {get: /, every: 400d}", "5:21", "use at most 365d"),
        .step("  - {get: /, every: 1s, think: 1s}", "5:25", "exclude each other"),
        .step("  - {get: /, every: 1ns}", "5:21", "below 1us"),
        .step("  - {get: /, think: {exponential: 999ns}}", "5:21", "below 1us"),
        .step("  - {get: /, think: {expo: 2s}}", "5:22", "did you mean `exponential`?"),
        .step("  - {get: /, think: {exponential: 0}}", "5:21", "0 is no time"),
        .step("  - {get: /, think: {uniform: 2s}}", "5:31", "uniform: [1s, 3s]"),
        .step("  - {get: /, think: {uniform: [1s]}}", "5:31", "1 times"),
        .step("  - {get: /, think: {uniform: [3s, 1s]}}", "5:21", "runs backwards"),
        .step("  - {get: /, think: {uniform: [1s, x]}}", "5:36", "not a time"),
        .step("  - {get: /, think: {}}", "5:21", "write one of"),
        .step("  - {get: /, headers: [a]}", "5:23", "headers is a mapping"),
        .step("  - {get: /, headers: {a b: c}}", "5:24", "not a header name"),
        .step("  - {get: /, headers: {Content-Length: 5}}", "5:24", "written by headroom"),
        .step("  - {get: /, headers: {A: \"x\\r\\nB: y\"}}", "5:27", "a carriage return"),
        .step("  - {get: /, headers: {A: \" x\"}}", "5:27", "white space"),
        .step("  - {get: /, headers: {A: }}", "5:27", "\"\" for an empty one"),
        .step("  - {get: /, headers: {Host: a/b}}", "5:30", "not a host"),
        .step("  - {get: /, headers: {Host: a, host: b}}", "5:23", "`Host` is given twice"),
        .step("  - {get: /, headers: {A: 1, A: 2}}", "5:30", "a second time"),
        .step("  - {get: /, name: a b}", "5:20", "is not a name"),
        .step("  - {get: /, name: a}\n  - {get: /, name: a}", "6:20", "another step's name"),
        .step("  - {post: /, body: {fil: x}}", "5:22", "did you mean `file`?", count: 2),
        .step("  - {post: /, body: {file: none}}", "5:28", "no such file here"),
        .step("  - {post: /, body: {file: \"\"}}", "5:28", "not the name of a file"),
        .step("  - {post: /, body: {file: \"a\\0b\"}}", "5:28", "not the name of a file"),
        .step("  - {post: /, body: [1]}", "5:21", "a body is a text"),
        .step("  - {get: /, expect: 200}", "5:22", "`expect` is a mapping"),
        .step("  - {get: /, expect: {status: 99}}", "5:31", "use 200 to 599"),
        .step("  - {get: /, expect: {status: ok}}", "5:31", "not a whole number"),
        .step("  - {get: /, expect: {bytes: 50kb}}", "5:30", "no unit of size"),
        .step("  - {head: /, expect: {bytes: 5}}", "5:31", "HEAD has no body"),
    ]

    static let load: [BadProfile] = [
        .tail("load: 2000", "5:7", "`load` is a mapping"),
        .tail("load: {usres: 1}", "5:8", "did you mean `users`?"),
        .tail("load: {users: 0}", "5:15", "0 users; use 1 to 10000000"),
        .tail("load: {users: -5}", "5:15", "-5 users"),
        .tail("load: {users: 10000001}", "5:15", "10000001 users"),
        .tail("load: {users: 1e308}", "5:15", "not a whole number"),
        .tail("load: {users: .inf}", "5:15", "not a whole number"),
        .tail("load: {users: many}", "5:15", "not a whole number"),
        .tail("load: {users: [1]}", "5:15", "found a list"),
        .tail("load: {hold: 0}", "5:14", "0 is no time"),
        .tail("load: {hold: -1s}", "5:14", "not a time"),
        .tail("load: {hold: 10}", "5:14", "write `10s`"),
        .tail("load: {every: 0}", "5:15", "0 is no time"),
        .tail("load: {every: 1s, tick: 999ns}", "5:25", "use 1us to 10ms"),
        .tail("load: {every: 1s, tick: 11ms}", "5:25", "use 1us to 10ms"),
        .tail("load: {tick: 1ms}", "5:14", "nothing starts by a plan"),
        .tail("load: {every: 10ns}", "5:15", "below 1us"),
        .tail("load: {between: 1ns}", "5:17", "below 1us"),
        .tail("load: {every: 1s, between: 1s}", "5:19", "exclude each other"),
        .tail("load: {start: warm}", "5:15", "known here: steady, cold"),
        .tail("load: {connection: per_usr}", "5:20", "did you mean `per_user`?"),
        .tail("load: {sessions: 10}", "5:18", "at most 10 users or at least 50"),
        .tail("load: {seed: -1}", "5:14", "out of range"),
        .tail("load: {seed: 18446744073709551616}", "5:14", "out of range"),
        .tail("load: {ramp: 400d}", "5:14", "use at most 365d"),
        .tail("load:\n  users: 5\n  hold: soon", "7:9", "not a time"),
        .tail("slo: p99 < 1s", "5:6", "this is a list"),
        .tail("slo: [p99 <= 1s]", "5:7", "write `<`"),
        .tail("slo: [{p99: 1s}]", "5:7", "this is a text"),
        .tail("slo: [p99 < 1s in 99% of windows]", "5:7", "no share of windows"),
        .tail("slo: [p99 < 1s in 99% of 11s windows]", "5:7", "no window of 11s fits"),
        .tail("slo: [p99 < 1s for GET /y]", "5:7", "did you mean `GET /`?"),
        .tail("slo: [p99 < 1s for checkout]", "5:7", "known here: `GET /`"),
        .tail("slo: [errors < 0%]", "5:7", "above 0"),
    ]
}
