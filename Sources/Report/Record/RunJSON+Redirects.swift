import Measure

extension RunJSON {
    /// Redirects that no `expect` names, by status; those that were followed; and the first one as an example, null if
    /// there was none.
    static func redirects(_ counters: Counters, example: RedirectExample?, redactor: Redactor) -> JSON {
        .object(Self.redirectCounts(counters) + [("example", example.map { Self.value($0, redactor) } ?? .null)])
    }

    static func redirectCounts(_ counters: Counters) -> [(key: String, value: JSON)] {
        RedirectStatus.allCases.map { ("\($0.code)", .integer(counters.redirected($0))) }
            + [("followed", .integer(counters.redirectsFollowed))]
    }

    private static func value(_ example: RedirectExample, _ redactor: Redactor) -> JSON {
        .object([
            ("status", .integer(UInt64(example.status))),
            ("request", .string(TerminalText.sanitised(redactor.text(example.request)))),
            ("location", .stringOrNull(example.location.map { TerminalText.sanitised(redactor.text($0)) })),
        ])
    }

    /// What each address got; empty if that is not known, as after a kill.
    static func addresses(_ addresses: [AddressCount]) -> JSON {
        .array(
            addresses.map { count in
                .object([
                    ("address", .string(count.address)), ("connections", .integer(count.connections)),
                    ("failed", .integer(count.failed)), ("requests", .integer(count.requests)),
                ])
            })
    }
}
