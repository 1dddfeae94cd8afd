import Measure
import Record
import Report
import Testing

@Suite struct RedactorTests {
    private let redactor = Redactor(key: (1, 2), additionalNames: ["X-Tenant"])
    private static let canary = "c4n4ryS3cret"

    /// Places of a secret; `%` stands for the secret.
    static let places = [
        "Authorization: Bearer %", "authorization:%", "Proxy-Authorization: Basic %", "Cookie: a=1; sid=%",
        "Set-Cookie: sid=%; Path=/", "X-Api-Key: %", "X-Auth-Token: %", "x-csrf-token : %",
        "HTTP/1.1 200 OK\r\nServer: x\r\nSet-Cookie: sid=%\r\nDate: y\r\n\r\n",
        "HTTP/1.1 200 OK\nCookie: %\n\n", "HTTP/1.1 200 OK\rCookie: %", "Cookie: a;\r\n %\r\nDate: x",
        "Coo\0kie: %", " Authorization: %", "Authorization \t: %",
        "GET http://user:%@example.com/a", "http://%@example.com", "//joe:%@host/x", "https://u:%",
        "GET /a?token=%", "GET /a?page=1&api_key=%&x=2 HTTP/1.1", "/?access_token=%#frag", "/?PassWord=%",
        "/?client_secret=%;x=1", "/?X-Amz-Signature=%", "/?sig=%", "/?%74oken=%", "/?key=\"%\"",
        "/login?next=http%3A%2F%2Fx%2F%3Ftoken%3D%", "Location: https://x/?session_token=%",
        "user=joe&password=%", "{\"token\":\"%\"}", "{\"a\":1,\"access_token\" : \"x\\\"%\"}",
        "{'secret': '%'}",
        "{\n  \"password\": \"%\"\n}", "{\"api_key\":%}", "<a href=\"/x?token=%\">",
        "-H Authorization: Bearer %", "-H 'Cookie: %' http://x", "-HX-Api-Key:%", "X-Tenant: %",
        "/?x-tenant=%",
    ]

    @Test("a mark of an earlier redaction stays as it is, and nothing that only looks like one does")
    func marks() {
        let redactor = Redactor(key: (1, 2))
        let once = redactor.text("Authorization: Bearer secret")
        #expect(Redactor(key: (3, 4)).text(once) == once)
        for text in ["<redacted:0123456g>", "<redacted:01234567>x", "<redacted:012345678>", "<redacted:ABCDEF01>"] {
            #expect(!redactor.text("Authorization: \(text)").contains(text))
        }
    }

    @Test("A secret is removed from every place where secrets occur", arguments: Self.places)
    func hides(place: String) {
        let text = Self.filled(place)
        let redacted = self.redactor.text(text)
        #expect(!redacted.contains(Self.canary), "\(redacted)")
        #expect(redacted.contains("<redacted:"))
    }

    @Test(
        "Text that is not a secret stays as it is",
        arguments: [
            "GET /bytes/50000 HTTP/1.1", "http://127.0.0.1:8080/a?page=2", "http://[::1]:8080", "Date: now",
            "status line is not a token: hello", "10 × GET /a", "Content-Type: text/html; charset=utf-8",
            "//",
            "https://example.com:443", "a:b:c", "=", ":", "token", "key=", "user@example.com", "",
        ])
    func keeps(text: String) { #expect(self.redactor.text(text) == text) }

    @Test("The text around a secret stays")
    func keepsTheRest() {
        let mark = "<redacted:[0-9a-f]{8}>"
        let cases = [
            ("GET http://u:p@h/x?token=a&page=2", "GET http://\(mark)@h/x?token=\(mark)&page=2"),
            ("A: b\r\nCookie: x\r\nC: d\r\n", "A: b\r\nCookie: \(mark)\r\nC: d\r\n"),
            ("{\"token\": \"t\", \"a\": 1}", "{\"token\": \"\(mark)\", \"a\": 1}"),
        ]
        for (text, pattern) in cases {
            let escaped = pattern.replacing(mark, with: "@@").split(
                separator: "@@", omittingEmptySubsequences: false)
            var rest = self.redactor.text(text)[...]
            for (index, part) in escaped.enumerated() {
                #expect(rest.hasPrefix(part), "\(text): \(rest)")
                rest = rest.dropFirst(part.count)
                if index < escaped.count - 1 {
                    #expect(rest.hasPrefix("<redacted:"))
                    rest = rest.dropFirst("<redacted:01234567>".count)
                }
            }
            #expect(rest.isEmpty)
        }
    }

    @Test("The same secret has the same mark under one key, and another under another")
    func marksAreKeyed() {
        let one = self.redactor.text("Cookie: x")
        #expect(one == self.redactor.text("Cookie: x"))
        #expect(one != self.redactor.text("Cookie: y"))
        #expect(one != Redactor(key: (1, 3)).text("Cookie: x"))
    }

    @Test("No bytes trap it, and cutting an answer anywhere shows no more of a secret than was hidden")
    func survivesAnything() {
        let answer = Array(Self.places.map(Self.filled).joined(separator: "\r\n\r\n").utf8)
        for end in 0...answer.count {
            let redacted = String(
                decoding: self.redactor.bytes(Array(answer[..<end]), isCut: true), as: UTF8.self)
            let isHidden = !redacted.contains("c4n4ryS")
            #expect(isHidden, "cut at \(end): \(redacted.suffix(120))")
        }
        let alphabet = Array(":=/%3dD\"'\\@ \r\n\tkey token Cookie[]{},?&;#\0\u{FF}".utf8)
        var state: UInt64 = 3
        for _ in 0..<3_000 {
            var bytes: [UInt8] = []
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            _ = self.redactor.bytes(bytes)
        }
    }

    @Test("A unique secret in every place of a run is in none of its outputs")
    func canaryInEveryOutput() {
        let secrets = (0..<12).map { "canary\($0)unique" }
        var summary = Fabricated.troubled()
        summary.plan.url = "http://joe:\(secrets[0])@127.0.0.1/?api_key=\(secrets[1])"
        summary.plan.session = "GET /a?token=\(secrets[2])"
        summary.plan.name = "x?password=\(secrets[3])"
        summary.outcome.stopReason = "GET /b?secret=\(secrets[4]) failed"
        summary.conditions += [
            (
                "command",
                .list(["headroom", "-H", "Authorization: Bearer \(secrets[5])", "http://\(secrets[6])@h/"])
            ),
            ("line", .text("headroom -H 'Cookie: \(secrets[7])' http://h/")),
        ]
        summary.outcome.examples = ErrorClass.allCases.map { error in
            ErrorExample(
                error: error, at: 1, request: "GET /?key=\(secrets[8])",
                detail: "to http://a:\(secrets[9])@h:",
                excerpt: Array(
                    "HTTP/1.1 500 X\r\nSet-Cookie: \(secrets[10])\r\nX-Session-Token: \(secrets[11])\r\n\r\n"
                        .utf8))
        }
        for error in ErrorClass.allCases { summary.total.errors[Int(error.rawValue)] = 1 }
        let redactor = Fabricated.redactor
        var view = LiveView(plan: summary.plan, style: .colour, redactor: redactor)
        view.append(Fabricated.row(1, errors: 1))
        let moment = LiveView.Moment(elapsed: 1, planned: 2, phase: .hold)
        let outputs: [[UInt8]] = [
            RunJSON.encode(summary, redactor: redactor),
            RunJSON.encodeStart(summary, objectives: [], redactor: redactor),
            ErrorsJSON.encode(summary.outcome.examples, resent: summary.outcome.resentExamples, redactor: redactor),
            Array(Summary.text(summary, record: "r", style: .colour, redactor: redactor).utf8),
            view.frame(moment, columns: 300, rows: 50), view.frame(moment, columns: 40, rows: 6),
        ]
        for output in outputs {
            let text = String(decoding: output, as: UTF8.self)
            for secret in secrets { #expect(!text.contains(secret)) }
        }
    }

    private static func filled(_ place: String) -> String {
        // Percent-encoded bytes in the places do not mark the secret's place.
        var text = ""
        var rest = place.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            let next = rest.prefix(2)
            let isEncoded = next.count == 2 && next.allSatisfy { $0.properties.isASCIIHexDigit }
            if scalar == "%", !isEncoded {
                text += Self.canary
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
