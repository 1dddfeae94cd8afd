/// An open load: sessions start when they are due, whatever the server does.
public struct OpenLoad: Sendable, Equatable {
    /// When sessions are due.
    public var plan: ArrivalPlan
    /// Sessions that may go on at once; one that is due while all users are taken waits, and its wait is part
    /// of its response time. nil: as many as the machine holds.
    public var maxUsers: Int?

    /// Sessions by a plan.
    public init(plan: ArrivalPlan, maxUsers: Int? = nil) {
        self.plan = plan
        self.maxUsers = maxUsers
    }
}
