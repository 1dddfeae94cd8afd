import Testing

@testable import Engine

@Suite("Pauses of the workers")
struct PauseBoardTests {
    private static let millisecond: UInt64 = 1_000_000

    private static func with(_ body: (PauseBoard) -> Void) {
        let board = PauseBoard.make()
        body(board)
        board.deallocate()
    }

    @Test("a class gives no pause shorter than it was, and none more than a quarter longer", arguments: 0...63)
    func classes(magnitude: Int) {
        for offset in 0..<UInt64(8) {
            let length = UInt64(1) << UInt64(magnitude) + (UInt64(1) << UInt64(magnitude)) / 8 * offset
            let told = PauseBoard.longest(ofPlace: PauseBoard.place(of: length))
            #expect(told >= length)
            if length >= PauseBoard.shortest && length < 1 << 40 { #expect(told <= length + length / 4) }
        }
        #expect(PauseBoard.place(of: .max) == PauseBoard.classCount - 1)
        #expect(PauseBoard.place(of: 0) == 0)
    }

    @Test("a pause counts for requests sent while its traces last, and for none after")
    func traces() {
        Self.with { board in
            #expect(board.longest(since: 0) == 0)
            board.note(10 * Self.millisecond, at: 1_000 * Self.millisecond, echo: 0)
            #expect((10 * Self.millisecond...12_500_000).contains(board.longest(since: 1_100 * Self.millisecond)))
            #expect(board.longest(since: 0) >= 10 * Self.millisecond, "the pause came after it was sent")
            #expect(board.longest(since: 2_320 * Self.millisecond) >= 10 * Self.millisecond)
            #expect(board.longest(since: 2_321 * Self.millisecond) == 0)
        }
    }

    @Test("the longest of several counts, and each lasts as long as its own traces")
    func several() {
        Self.with { board in
            board.note(50 * Self.millisecond, at: 1_000 * Self.millisecond, echo: 0)
            for turn in 0..<UInt64(40) {
                board.note(Self.millisecond, at: (1_000 + turn * 100) * Self.millisecond, echo: 0)
            }
            #expect(board.longest(since: 2_000 * Self.millisecond) >= 50 * Self.millisecond)
            // The traces of the long one are over; the short ones that follow do not prolong them.
            #expect(board.longest(since: 3_700 * Self.millisecond) < 2 * Self.millisecond)
            #expect(board.longest(since: 5_933 * Self.millisecond) == 0)
        }
    }

    @Test("an ordinary wake-up time is no pause, and a bunch of requests that comes back is waited for")
    func edges() {
        Self.with { board in
            board.note(PauseBoard.shortest - 1, at: 5, echo: 0)
            #expect(board.longest(since: 0) == 0)
            board.note(Self.millisecond, at: 0, echo: 2_000 * Self.millisecond)
            #expect(board.longest(since: 6_000 * Self.millisecond) >= Self.millisecond)
            #expect(board.longest(since: 7_033 * Self.millisecond) == 0)
            board.note(.max, at: .max, echo: 0)
            #expect(board.longest(since: PauseBoard.latest) == .max)
        }
    }
}
