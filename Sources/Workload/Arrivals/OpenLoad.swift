/// An open load: sessions start when they are due, whatever the server does.
public struct OpenLoad: Sendable, Equatable {
    /// When sessions are due.
    public var plan: ArrivalPlan
    /// Most sessions at once. A session that is due while all users are busy waits, and its wait is part of its
    /// response time. Nil: as many as the machine can hold.
    public var maxUsers: Int?

    /// A load of sessions by a plan.
    public init(plan: ArrivalPlan, maxUsers: Int? = nil) {
        self.plan = plan
        self.maxUsers = maxUsers
    }
}
