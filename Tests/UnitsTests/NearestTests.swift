import Testing

@testable import Units

@Suite("The nearest known word")
struct NearestTests {
    @Test(
        "a typing error finds its word, and something else finds none",
        arguments: [
            ("usres", "users"), ("user", "users"), ("Users", "users"), ("max-users", "max_users"),
            ("warm", "warmup"),
            ("hodl", "hold"), ("betwen", "between"), ("xyzzy", nil), ("", nil), ("q", nil),
            (String(repeating: "u", count: 10_000), nil),
        ] as [(String, String?)])
    func finds(_ word: String, _ expected: String?) {
        #expect(nearest(word, in: ["users", "max_users", "warmup", "hold", "between"]) == expected)
    }

    @Test("flags are compared like any other word")
    func flags() {
        #expect(nearest("--usres", in: ["--users", "--hold"]) == "--users")
        #expect(nearest("x", in: []) == nil)
    }
}
