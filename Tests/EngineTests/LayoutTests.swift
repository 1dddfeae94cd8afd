import Testing
import Wire

@testable import Engine

@Suite struct LayoutTests {
    @Test("A user with its connection fits three cache lines, its parser within them")
    func sizes() {
        #expect(MemoryLayout<User>.stride == 3 * User.alignment)
        #expect(MemoryLayout<HTTP1ResponseParser>.size <= 48)
        #expect(_isPOD(User.self))
    }

    @Test("A deadline costs twenty bytes of a user")
    func deadline() {
        #expect(MemoryLayout<DeadlineHeap.Entry>.stride + MemoryLayout<Int32>.stride <= 20)
    }
}
