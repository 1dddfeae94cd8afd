import Foundation
import Testing

@testable import Workload
import Units
import YAML

@Suite("Reading a profile")
struct ProfileReaderTests {
    static let full = """
        # Everything a profile can say.
        version: 1
        name: paced-shop
        target:
          url: https://127.0.0.1:8443/api/
          http: 1.1
          follow: 3
          follow_hosts: [shop.example.com, "[::1]:8443"]
          tls: {insecure: true, cacert: a.pem, cert: c.pem, key: k.pem, ciphers: X, groups: Y, min: 1.3, max: 1.3, resume: true}
          timeouts: {connect: 1s, first_byte: 2s, idle: 3s, total: 4s}
        session:
          - get: /asset/50k?x=1
            repeat: 9
            every: 43.2s
            headers:
              Accept: "*/*"
              X-Number: 5
              Host: shop.example.com
            expect: {status: 200, bytes: 50KB}
          - method: PURGE
            path: /b
            every: {uniform: [1s, 3s]}
            body: "a=b"
          - post: /c
            think: {exponential: 2s}
            body: {file: order.json}
          - delete: /d
            every: 0
        load:
          users: 2000
          every: {uniform: [430s, 434s]}
          start: cold
          connection: per_session
          ramp: 2s
          warmup: 5s
          hold: 1m
          sessions: 4000
          seed: 18446744073709551615
        slo: [p99 < 500ms, errors < 0.1%]
        """

    private func parse(_ text: String) throws(DocumentErrors) -> Profile {
        try Profile.parse(Array(text.utf8), file: "p.yaml") { name throws(ParseError) in
            guard name == "order.json" else { throw ParseError("no file \(name)") }
            return [1, 2, 3]
        }
    }

    @Test("every key arrives in its place")
    func everything() throws {
        let second: UInt64 = 1_000_000_000
        var expected = Profile(
            name: "paced-shop",
            target: TargetURL(scheme: .https, host: "127.0.0.1", port: 8443, path: "/api/"),
            session: [
                Step(
                    path: "/api/asset/50k?x=1",
                    headers: [
                        HeaderField(name: "Accept", value: "*/*"), HeaderField(name: "X-Number", value: "5"),
                        HeaderField(name: "Host", value: "shop.example.com"),
                    ], repeatCount: 9, pause: .every(.constant(43_200_000_000)), expectStatus: 200,
                    expectBytes: 50_000),
                Step(
                    method: "PURGE", path: "/api/b", body: Array("a=b".utf8),
                    pause: .every(.uniform(second, 3 * second))),
                Step(
                    method: "POST", path: "/api/c", body: [1, 2, 3], pause: .think(.exponential(2 * second))),
                Step(method: "DELETE", path: "/api/d"),
            ])
        expected.timeouts.connect = second
        expected.timeouts.firstByte = 2 * second
        expected.timeouts.idle = 3 * second
        expected.timeouts.total = 4 * second
        expected.http = .http11
        expected.follow = 3
        expected.followHosts = [FollowHost(host: "shop.example.com"), FollowHost(host: "::1", port: 8_443)]
        expected.tls.isInsecure = true
        expected.tls.authorityFile = "a.pem"
        expected.tls.certificateFile = "c.pem"
        expected.tls.keyFile = "k.pem"
        expected.tls.ciphers = "X"
        expected.tls.groups = "Y"
        expected.tls.lowest = .v13
        expected.tls.resumes = true
        expected.load.users = 2_000
        expected.load.cycle = .every(.uniform(430 * second, 434 * second))
        expected.load.start = .cold
        expected.load.connection = .perSession
        expected.load.ramp = 2 * second
        expected.load.rampGiven = true
        expected.load.warmup = 5 * second
        expected.load.hold = 60 * second
        expected.load.holdGiven = true
        expected.load.sessions = 4_000
        expected.load.seed = .max
        expected.slo = [try SLO.parse("p99 < 500ms"), .fewErrors]
        #expect(try parse(Self.full) == expected)
        #expect(try parse("\u{FEFF}" + Self.full) == expected)
        #expect(try parse(Self.full.replacingOccurrences(of: "\n", with: "\r\n")) == expected)
    }

    @Test("JSON is a profile, too, with tabs and all, and missing keys have their defaults")
    func json() throws {
        let text = """
            {
            \t"version": 1, "name": "j",
            \t"target": {"url": "http:\\/\\/h"},
            \t"session": [{"get": "/", "body": "\\u0041"}]
            }
            """
        var profile = try parse(text)
        #expect(profile.session == [Step(path: "/", body: [0x41])])
        #expect(profile.load == Load() && profile.timeouts == Timeouts() && profile.slo == [])
        #expect(profile.effectiveSLO.map(\.text) == ["errors < 0.1%", "resent < 0.1%", "held = asked"])
        profile.load.silence = 1_000_000_000
        #expect(profile.effectiveSLO.last == .connectionsEqualAsked)
        profile.load.silence = nil
        profile.load.isStorm = true
        #expect(profile.effectiveSLO.last == .connectionsEqualAsked)
        profile.load.connectionAsked = .perRequest
        #expect(profile.effectiveSLO.last == .heldEqualsAsked)
    }

    @Test("a storm, and silent users, who make only the first request of the session")
    func phases() throws {
        let text = """
            version: 1
            name: n
            target: {url: "http://h"}
            session: [{get: /a, repeat: 3, every: 1s}, {get: /b}]
            load: {users: 100, idle: 60s, storm: true}
            """
        let profile = try parse(text)
        #expect(profile.load.silence == 60_000_000_000 && profile.load.isStorm)
        #expect(profile.paceText == "all at once, idle 1m")
        #expect(profile.validate() == [])
        let framed = try parse(
            text.replacingOccurrences(
                of: "{url: \"http://h\"}",
                with: "{url: \"http://h\", http: h2c, http2: {window: 1MiB, connection_window: 2MiB, frame: 32KiB}}"))
        #expect(framed.http2.window == 1 << 20 && framed.http2.connectionWindow == 2 << 20)
        #expect(framed.http2.frame == 32_768)
        let unfolded = profile.unfolded()
        #expect(unfolded.session == [Step(path: "/a", pause: .every(.constant(60_000_000_000)))])
        // The last user of a storm makes its next request after its own silence.
        #expect(unfolded.load.hold == 60_000_000_000 + Profile.stormMargin)
        #expect(unfolded.load.ramp == 0 && unfolded.load.start == .cold)
        #expect(unfolded.plannedRequestsPerSecondPerUser == 1.0 / 60)
        let gentle = try parse(text.replacingOccurrences(of: ", storm: true", with: "")).unfolded()
        #expect(gentle.load.ramp == 0 && gentle.join.kind == .inTurn && gentle.load.hold == 60_000_000_000)
    }

    @Test("all errors are reported at once, in the order of the file")
    func allAtOnce() {
        let text = """
            version: 2
            name: a/b
            target: {url: nope, tiemouts: {}}
            session:
              - get: x
                repeat: 0
              - post: /y
                wat: 1
            load: {users: -1, hold: forever}
            slo: [p99 <= 1s]
            """
        do throws(DocumentErrors) {
            _ = try parse(text)
            Issue.record("accepted")
        } catch {
            let places = error.errors.map { "\($0.line):\($0.column)" }
            #expect(places == ["1:10", "2:7", "3:15", "3:21", "5:10", "6:13", "8:5", "9:15", "9:25", "10:7"])
            #expect(error.description.split(separator: "\n").allSatisfy { $0.hasPrefix("p.yaml:") })
        }
    }

    @Test("fifty errors are shown and the others counted")
    func many() {
        let steps = (0..<80).map { "  - get: bad\($0)" }.joined(separator: "\n")
        do throws(DocumentErrors) {
            _ = try parse("version: 1\nname: n\ntarget: {url: http://h}\nsession:\n" + steps)
            Issue.record("accepted")
        } catch {
            #expect(error.errors.count == 50 && error.omitted == 30)
            #expect(error.description.hasSuffix("… and 30 more errors"))
        }
    }

    @Test("the seed's profiles in profiles/ do what they describe")
    func seedProfiles() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "profiles").path
        let session = try Profile.load(path: root + "/seed-session.yaml")
        #expect(session.name == "seed-session" && session.load.users == 2_000)
        #expect(session.sessionText == "10 × GET /bytes/50000" && session.paceText == "back to back")
        #expect(session.session.allSatisfy { $0.expectBytes == 50_000 })
        let paced = try Profile.load(path: root + "/seed-paced.yaml")
        #expect(paced.paceText == "every 43.2s" && paced.load.cycle == .every(.constant(432_000_000_000)))
        #expect(paced.session[0].pause == .every(.constant(43_200_000_000)))
        let rate = try #require(paced.plannedRequestsPerSecondPerUser)
        #expect(abs(rate * 2_000 - 46.296) < 0.001)
    }

    @Test("a profile on disk finds its bodies in its own folder; folders, pipes and large files are errors")
    func disk() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "headroom-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ body: String) throws -> String {
            let text =
                "version: 1\nname: n\ntarget: {url: http://h}\nsession: [{post: /, body: {file: \(body)}}]\n"
            try Data(text.utf8).write(to: URL(filePath: folder + "/p.yaml"))
            return folder + "/p.yaml"
        }
        try Data("hello".utf8).write(to: URL(filePath: folder + "/b.txt"))
        #expect(try Profile.load(path: write("b.txt")).session[0].body == Array("hello".utf8))
        #expect(try Profile.load(path: write(folder + "/b.txt")).session[0].body == Array("hello".utf8))
        try Data(count: (16 << 20) + 1).write(to: URL(filePath: folder + "/large"))
        #expect(makePipe(folder + "/pipe"))
        for (body, fragment) in [
            (".", "not a regular file"), ("none", "No such file"), ("large", "larger than 16MiB"),
            ("pipe", "not a regular file"), ("/dev/zero", "not a regular file"),
        ] {
            let path = try write(body)
            #expect { try Profile.load(path: path) } throws: {
                "\($0)".contains(fragment) && "\($0)".contains(":4:")
            }
        }
        #expect { try Profile.load(path: folder) } throws: { "\($0)".contains("Is a directory") }
        #expect { try Profile.load(path: folder + "/x") } throws: { "\($0)".contains("No such file") }
        #expect { try Profile.load(path: "/dev/zero") } throws: { "\($0)".contains("larger than 1MiB") }
    }
}
