import Numerics
import Testing

@testable import Workload
import Units
import YAML

@Suite("Bad profiles")
struct BadProfileTests {
    @Test(
        "each is refused at its line and column with a helpful text",
        arguments: BadProfile.structure + BadProfile.head + BadProfile.steps + BadProfile.load
            + BadProfile.open)
    func corpus(_ bad: BadProfile) throws {
        let errors = try #require(Self.errors(of: Array(bad.text.utf8)))
        let first = try #require(errors.errors.first { $0.message.contains(bad.fragment) }, "\(errors)")
        #expect("\(first.line):\(first.column)" == bad.place, "\(errors)")
        #expect(errors.errors.count == bad.count, "\(errors)")
    }

    @Test("the corpus has at least sixty files")
    func size() {
        #expect(
            BadProfile.structure.count + BadProfile.head.count + BadProfile.steps.count
                + BadProfile.load.count >= 60)
    }

    @Test("bytes that are not text are refused where they are")
    func encoding() throws {
        let cases: [([UInt8], String, String)] = [
            (Array("version: 1\nname: a".utf8) + [0xFF], "2:8", "UTF-8"), ([0xC3], "1:1", "UTF-8"),
            (Array("a: ".utf8) + [0xC0, 0x80], "1:4", "UTF-8"),
            (Array("ä: ".utf8) + [0xED, 0xA0, 0x80], "1:4", "UTF-8"),
            ([0xFF, 0xFE, 0x61, 0x00], "1:1", "UTF-16"), ([0xFE, 0xFF, 0x00, 0x61], "1:1", "UTF-16"),
            ([0xEF, 0xBB, 0xBF], "1:1", "empty"),
            (Array(repeating: 0x20, count: (1 << 20) + 1), "0:0", "larger than 1MiB"),
        ]
        for (bytes, place, fragment) in cases {
            let error = try #require(Self.errors(of: bytes)?.errors.first)
            #expect("\(error.line):\(error.column)" == place && error.message.contains(fragment), "\(error)")
        }
    }

    @Test(
        "a megabyte that is made to be slow soon ends in an error", .timeLimit(.minutes(1)),
        arguments: [
            "[", "{a: ", "- ", "? ", "a: ", "&a ", "*a ", "\"", "'", "|\n", "{", "a\n", "- a\n", "!a ", "\t",
            "%", "#",
        ])
    func slowFiles(_ piece: String) throws {
        let text = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
        #expect(Self.errors(of: Array(text.utf8)) != nil)
    }

    @Test("a bomb of aliases is refused at its anchors")
    func bomb() throws {
        var text = "a0: &a0 [x, x]\n"
        for level in 1..<30 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let errors = try #require(Self.errors(of: Array(text.utf8)))
        #expect(errors.errors.contains { $0.message.contains("anchors") })
        #expect(errors.errors.contains { $0.message.contains("aliases") })
    }

    @Test(
        "a profile with some of its bytes changed is read or refused, and nothing else", .timeLimit(.minutes(2))
    )
    func corruption() {
        var generator = RandomGenerator(seed: 2_026)
        let original = Array(ProfileReaderTests.full.utf8)
        let marks = Array("\u{0}\t\n\r :,-?[]{}#&*!|>'\"%@`\\~<=./0195\u{FF}".utf8)
        var refused = 0
        for _ in 0..<3_000 {
            var bytes = original
            for _ in 0...generator.upTo(4) {
                let place = Int(generator.upTo(UInt64(bytes.count - 1)))
                switch generator.upTo(4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes[place] = marks[Int(generator.upTo(UInt64(marks.count - 1)))]
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(marks[Int(generator.upTo(UInt64(marks.count - 1)))], at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 20))
                }
            }
            guard let errors = Self.errors(of: bytes) else { continue }
            refused += 1
            #expect((1...50).contains(errors.errors.count))
            #expect(errors.errors.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.message.isEmpty })
        }
        // Most changes hit something that matters; some, in a comment or a name, do not.
        #expect((1_000..<3_000).contains(refused))
    }

    @Test("a profile cut at every byte is read or refused")
    func cut() {
        let original = Array(ProfileReaderTests.full.utf8)
        var read = 0
        for length in 0..<original.count where Self.errors(of: Array(original[..<length])) == nil {
            read += 1
        }
        #expect(read < original.count / 2)
    }

    /// The errors of a file; nil if it is accepted, and then it has no flaw.
    private static func errors(of bytes: [UInt8]) -> DocumentErrors? {
        do throws(DocumentErrors) {
            let profile = try Profile.parse(bytes, file: "p.yaml") { name throws(ParseError) in
                switch name {
                case "order.json": return [1]
                case "t.csv": return Array("5\n6\n7.5\n".utf8)
                case "r.csv": return Array("0,5\n1,6\n".utf8)
                case "gap.csv": return Array("second,rate\n0,5\n2,6\n".utf8)
                default: throw ParseError("no such file here")
                }
            }
            #expect(profile.validate() == [])
            return nil
        } catch {
            return error
        }
    }
}
