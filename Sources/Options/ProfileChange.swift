import Workload

/// What an option changes in a profile, read from its words and not yet made. `LoadOptions.apply` makes changes in two
/// rounds, so that it does not matter in which order options stand.
struct ProfileChange {
    /// What follows for other values of the profile: an option that sets one of them wins.
    let implied: (inout Profile) -> Void
    /// What the option sets.
    let made: (inout Profile) throws(UsageError) -> Void
}
