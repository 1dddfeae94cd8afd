import Numerics
import Testing

@testable import Workload
import Units

@Suite("Traces of arrivals")
struct ArrivalTraceTests {
    private func parse(_ text: String) throws(ParseError) -> ArrivalTrace {
        try ArrivalTrace.parse(Array(text.utf8), file: "t.csv")
    }

    @Test("rates of seconds and timestamps are distinguished, with or without a heading")
    func reads() throws {
        #expect(try parse("second,rate\n0,150\n1,162.5\n2,0\n") == .rates([150, 162.5, 0]))
        #expect(try parse("1700000000,1\r\n1700000001,2\r\n\r\n") == .rates([1, 2]))
        #expect(try parse("\u{FEFF}\"second\" , \"rate\"\n 7 , 1 \n 8,2") == .rates([1, 2]))
        #expect(try parse("timestamp\n5.25\n5.25\n6.000000001\n") == .times([0, 0, 750_000_001]))
        #expect(try parse("1700000000.123456\n1700000001\n") == .times([0, 876_544_000]))
    }

    @Test(
        "a bad one is refused at its line",
        arguments: [
            ("", "no rows"), ("\n\n", "no rows"), ("second,rate\n", "no rows"),
            ("0,1\n2,1\n", "line 2: a gap: second 2 follows second 0"),
            ("0,1\n0,1\n", "line 2: second 0 is out of order"),
            ("5,1\n4,1\n", "line 2: second 4 is out of order"),
            ("0,-1\n", "line 1: `-1` is not a rate"), ("0,nan\n", "line 1: `nan` is not a rate"),
            ("0,inf\n", "line 1: `inf` is not a rate"), ("0,1e5\n", "line 1: `1e5` is not a rate"),
            ("0,\n", "line 1: `` is not a rate"), ("0.5,1\n", "line 1: `0.5` is not a whole second"),
            ("-1,1\n", "line 1: `-1` is not a second"), ("0,1,2\n", "line 1: 3 columns"),
            ("0,1\n1\n", "line 2: 1 columns where a row has 2 columns"),
            ("1\n2,3\n", "line 2: 2 columns where a row has 1 column"),
            ("second,rate\nsecond,rate\n", "line 2: `second` is not a second"),
            ("a,b\n0,1\nx,2\n", "line 3: `x` is not a second"),
            ("0,99999999999999999\n", "line 1: a rate of"),
            ("18446744073709551615,1\n18446744073709551616,1\n", "line 2"),
            ("3\n\n2.5\n", "line 3: `2.5` is out of order"), ("nan\n1\n", "line 1: `nan` is not a timestamp"),
            ("inf\n", "line 1: `inf` is not a timestamp"), ("-3\n", "line 1: `-3` is not a timestamp"),
            ("1.0000000001\n", "line 1: `1.0000000001` is finer"),
            ("1.00000000000\n2.2345678901\n", "line 2"),
            ("18446744074\n", "line 1: `18446744074` is too large"),
            ("0\n31536001\n", "line 2: `31536001` lies more than 365d"), ("1;2\n", "is not a timestamp"),
            ("\u{0}\n", "line 1"), ("1\u{1B}[2J\n", "\\u{1b}"),
        ])
    func refuses(_ text: String, _ fragment: String) {
        #expect { try parse(text) } throws: {
            "\($0)".contains("t.csv") && "\($0)".contains(fragment)
        }
    }

    @Test("size, line and rows have their limits")
    func limits() throws {
        #expect { try parse(String(repeating: "1", count: 101)) } throws: {
            "\($0)".contains("longer than 100")
        }
        let large = [UInt8](repeating: UInt8(ascii: "\n"), count: ArrivalTrace.sizeLimit + 1)
        #expect { try ArrivalTrace.parse(large, file: "t") } throws: { "\($0)".contains("larger than 16MiB") }
        func limited(_ text: String, _ rates: Int, _ times: Int) throws(ParseError) -> ArrivalTrace {
            try ArrivalTrace.parse(Array(text.utf8), file: "t", ratesLimit: rates, timesLimit: times)
        }
        #expect(try limited("r,s\n0,1\n1,2\n", 2, 0) == .rates([1, 2]))
        #expect { try limited("0,1\n1,2\n2,3\n", 2, 9) } throws: {
            "\($0)".contains("line 3: more than 2 rows")
        }
        #expect(try limited("1\n2", 0, 2) == .times([0, second]))
        #expect { try limited("1\n2\n\n3", 9, 2) } throws: {
            "\($0)".contains("line 4: more than 2 timestamps")
        }
    }

    @Test("a trace with some of its bytes changed is read or refused, and nothing else")
    func corruption() {
        var generator = RandomGenerator(seed: 7)
        let originals = [
            "second,rate\n0,150\n1,162.5\n2,0\n3,9\n", "t\n1700000000.25\n1700000001\n1700000003.5\n",
        ]
        let marks = Array("\n\r,.-019eaN \u{FF}\u{0}".utf8)
        var refused = 0
        for round in 0..<4_000 {
            var bytes = Array(originals[round % 2].utf8)
            for _ in 0...generator.upTo(3) {
                let place = Int(generator.upTo(UInt64(bytes.count - 1)))
                bytes[place] = marks[Int(generator.upTo(UInt64(marks.count - 1)))]
            }
            guard let trace = try? ArrivalTrace.parse(bytes, file: "t") else {
                refused += 1
                continue
            }
            if let plan = try? ArrivalPlan.trace(trace), let length = plan.length {
                #expect(plan.expected(until: length) < 1e12)
            }
        }
        #expect((400..<4_000).contains(refused))
    }

    @Test("rates of requests are divided by the requests of a session, timestamps are sessions")
    func plans() throws {
        let plan = try ArrivalPlan.trace(.rates([100, 0, 50]), divisor: 10)
        #expect(plan.length == 3 * second && plan.highestRate == 10)
        #expect(plan.expected(until: second) == 10 && plan.expected(until: 3 * second) == 15)
        #expect(ArrivalPlans.times(plan).count == 15)
        #expect { try ArrivalPlan.trace(.times([0]), divisor: 10) } throws: {
            "\($0)".contains("makes 10 requests")
        }
        #expect { try ArrivalPlan.trace(.rates([0, 0])) } throws: { "\($0)".contains("every rate") }
        #expect { try ArrivalPlan.trace(.rates([1, 1e8])) } throws: { "\($0)".contains("row 2") }
        // Equal seconds become one piece, so that a constant trace is recognised as constant.
        let even = try ArrivalPlan.trace(.rates(Array(repeating: 5, count: 1_000)))
        #expect(even.pieces.count == 1 && even.isConstant(from: 0, to: 1_000 * second))
    }
}
