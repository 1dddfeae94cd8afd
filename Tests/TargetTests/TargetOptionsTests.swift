import Testing

@testable import Target

struct TargetOptionsTests {
    @Test("The defaults are valid")
    func defaults() throws { try TargetOptions().validate() }

    private static let wrong: [(TargetError.Option, @Sendable (inout TargetOptions) -> Void)] = [
        (.threads, { $0.threads = 0 }), (.threads, { $0.threads = 257 }),
        (.defaultBytes, { $0.defaultBytes = -1 }), (.defaultBytes, { $0.defaultBytes = (1 << 30) + 1 }),
        (.cpus, { $0.cpus = [-1] }), (.cpus, { $0.cpus = [1_023] }),
        (.connectionLimit, { $0.connectionLimit = -1 }), (.keepAliveRequests, { $0.keepAliveRequests = 0 }),
        (.concurrency, { $0.concurrency = 1 }),
        (
            .concurrency,
            {
                $0.serviceTime = .constant(1); $0.concurrency = 0
            }
        ),
        (.serviceTime, { $0.serviceTime = .exponential(.max) }),
        (.stall, { $0.stall = Stall(duration: 5, period: 5) }),
        (.stall, { $0.stall = Stall(duration: 0, period: .max) }),
    ]

    @Test("An option that makes no sense is named, with what it accepts", arguments: wrong.indices)
    func names(index: Int) {
        let (name, change) = Self.wrong[index]
        var options = TargetOptions()
        change(&options)
        #expect {
            _ = try TargetServer(options: options)
        } throws: { error in
            guard case TargetError.option(let found, _, let wanted) = error else { return false }
            return found == name && !wanted.isEmpty && "\(error)".contains("\(name)")
        }
    }
}
