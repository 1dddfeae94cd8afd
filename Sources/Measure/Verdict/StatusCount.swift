/// How many answers had a status, or a class of statuses.
public struct StatusCount: Sendable, Equatable {
    /// Such as "302", or "5xx" where only the class is counted.
    public var status: String
    public var count: UInt64

    /// Known counts.
    public init(status: String, count: UInt64) {
        self.status = status
        self.count = count
    }
}

extension Counters {
    /// Complete answers by status, the most frequent first, without interim ones. Only redirects that no `expect` names
    /// are counted by their exact status.
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
