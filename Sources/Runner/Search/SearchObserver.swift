import Capacity

/// What watches a search while it goes on, such as a terminal. The runner calls it on its own thread.
public protocol SearchObserver: AnyObject {
    /// A search at a pace begins.
    func begin(_ pace: PacePlan)
    /// A second of a trial, or of a step between trials, has passed. `doing` names the step; `elapsed` is how long it
    /// takes already, in nanoseconds.
    func show(_ search: Search, doing: String, elapsed: UInt64)
    /// A trial begins though the target has not recovered.
    func note(_ unrecovered: Unrecovered)
    /// The last trial of a search has ended; of all searches together it is number `number`, from 1.
    func end(_ number: Int, _ search: Search)
}
