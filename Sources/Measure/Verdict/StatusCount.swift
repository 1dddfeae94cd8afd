/// How many answers had a status, or one of a hundred.
public struct StatusCount: Sendable, Equatable {
    /// Such as "302", or "5xx" where no more is counted.
    public var status: String
    public var count: UInt64

    /// Known counts.
    public init(status: String, count: UInt64) {
        self.status = status
        self.count = count
    }
}

extension Counters {
    /// Complete answers by their status, the most frequent first; interim ones are none. Only redirects that no
    /// `expect` asks for are counted by more than their hundred.
    public var statusCounts: [StatusCount] {
        var counts = RedirectStatus.allCases.map { StatusCount(status: "\($0.code)", count: self.redirected($0)) }
        for hundred in 1..<5 {
            let all = self.status[hundred]
            let named = hundred == 2 ? min(all, self.requestsRedirected) : 0
            counts.append(StatusCount(status: "\(hundred + 1)xx", count: all &- named))
        }
        return counts.filter { $0.count > 0 }.sorted { $0.count > $1.count }
    }
}
