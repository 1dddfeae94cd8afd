import Units

/// What the users ask for, at the peak and on average: Little's law ties users at once, arrivals and time on the site
/// (J. D. C. Little, "A proof for the queuing formula L = λW", 1961).
public struct Demand: Sendable {
    public var daily: Users
    /// Users at once.
    public var peak: Users
    public var average: Users
    public var peakOverAverage: Double
    public var timePerDay: Duration
    /// The share of the daily users that is there at once at the peak.
    public var peakShare: Double
    /// Which of peak share, peak over average and time on the site was given, followed from the others, or was assumed.
    public var peakShareBasis: Basis
    public var peakOverAverageBasis: Basis
    public var timeBasis: Basis

    /// The peak over the average of a day where nobody states one: an ordinary day of people of one time zone has 1.5
    /// to 2 (the minutes of WorldCup98 have a median of 1.96 over its days).
    public static let ordinaryPeakOverAverage = 2.0
    /// An event: the ratio of which a design that expects one must speak.
    public static let eventPeakOverAverage = 10.0
    /// How far three stated figures of Little's law may be apart, as a share.
    static let contradictionTolerance = 0.05

    /// The demand of an audience; a flaw where a figure is missing, or three of them contradict each other.
    static func resolve(_ deployment: Deployment) -> Result<Demand, DeploymentFlaw> {
        let (users, session) = (deployment.users, deployment.session)
        let daily = users.daily ?? Users(0)
        let day = Duration.day.seconds
        // The session's own length is the time on the site unless it is stated.
        let fromSession = session.every.map { $0.seconds * session.requestsPerDay }
        let given = users.timePerDay?.seconds ?? fromSession
        let timeBasis: Basis = users.timePerDay != nil ? .given : .derived
        func demand(_ share: Double, _ ratio: Double, _ time: Double, _ bases: (Basis, Basis, Basis))
            -> Result<Demand, DeploymentFlaw>
        {
            let figures =
                "\(Quantity.percent(share)) of the daily users at once, \(Quantity.rate(ratio)) times the average, "
                + "\(Quantity.rate(time / 60)) minutes each (Little's law)"
            guard share > 0 else {
                return .failure(
                    DeploymentFlaw(path: "users.peak", message: "no users at once; write a share above 0%"))
            }
            guard ratio >= 1, ratio.isFinite else {
                return .failure(
                    DeploymentFlaw(
                        path: "users.peak_over_average",
                        message: "the peak would be below the average: \(figures)"))
            }
            guard time > 0, time <= day else {
                let message =
                    time > 0 ? "a user would be there for more than a day: \(figures)" : "this time is 0"
                return .failure(
                    DeploymentFlaw(
                        path: users.timePerDay == nil ? "users.peak_over_average" : "users.time_per_day",
                        message: message))
            }
            guard share <= 1 else {
                return .failure(
                    DeploymentFlaw(
                        path: "users.peak", message: "the peak would be more than all users: \(figures)"))
            }
            return .success(
                Demand(
                    daily: daily, peak: daily * share, average: daily * (share / ratio),
                    peakOverAverage: ratio,
                    timePerDay: .nanoseconds(Int64((time * 1e9).rounded())), peakShare: share,
                    peakShareBasis: bases.0, peakOverAverageBasis: bases.1, timeBasis: bases.2))
        }
        let curve = deployment.traffic?.peakOverAverage
        if let curve, let stated = users.peakOverAverage,
            abs(curve - stated) > Self.contradictionTolerance * stated
        {
            return .failure(
                DeploymentFlaw(
                    path: "users.peak_over_average",
                    message: "the peak of `traffic` is \(Quantity.rate(curve)) times its average, and not "
                        + "\(Quantity.rate(stated)) times; state one of them"))
        }
        let ratioBasis: Basis = users.peakOverAverage == nil ? .derived : .given
        switch (users.peakShare, users.peakOverAverage ?? curve, given) {
        case (let share?, let ratio?, let time?):
            let derived = share / ratio * day
            guard abs(derived - time) <= Self.contradictionTolerance * time else {
                return .failure(
                    DeploymentFlaw(
                        path: "users.peak_over_average",
                        message:
                            "\(Quantity.percent(share)) of the users at once at \(Quantity.rate(ratio)) times the "
                            + "average are there for \(Quantity.rate(derived / 60)) minutes a day each, not for "
                            + "\(Quantity.rate(time / 60)) (Little's law); state two of the three"
                    ))
            }
            return demand(share, ratio, derived, (.given, ratioBasis, timeBasis))
        case (let share?, let ratio?, nil):
            return demand(share, ratio, share / ratio * day, (.given, ratioBasis, .derived))
        case (let share?, nil, let time?):
            return demand(share, share * day / time, time, (.given, .derived, timeBasis))
        case (nil, let ratio?, let time?):
            return demand(ratio * time / day, ratio, time, (.derived, ratioBasis, timeBasis))
        case (let share?, nil, nil):
            let ratio = Self.ordinaryPeakOverAverage
            return demand(share, ratio, share / ratio * day, (.given, .assumed, .derived))
        case (nil, _, _):
            let advice =
                "write the share of the daily users that is there at once, such as 5%, or peak_over_average with "
                + "time_per_day"
            return .failure(.missing("users.peak", advice))
        }
    }
}
