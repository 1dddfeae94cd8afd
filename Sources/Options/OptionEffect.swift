import Workload

/// What an option changes in settings of one type, such as a `Profile`: how its words become a change.
struct OptionEffect<Settings>: Sendable {
    let read: @Sendable (_ words: [String], _ option: Option) throws(UsageError) -> SettingsChange<Settings>
}

/// A change that was read and not yet made. `ParsedArguments.apply` makes changes in two rounds, so that it does not
/// matter in which order options stand.
struct SettingsChange<Settings> {
    /// What follows for other values: an option that sets one of them wins.
    let implied: (inout Settings) -> Void
    /// What the option sets.
    let made: (inout Settings) throws(UsageError) -> Void
}

extension ParsedArguments {
    /// Changes settings by those of some options that were given and set something in this type; everything else stays.
    /// First every word is read, then what options imply is changed, then what they set.
    public func apply<Settings>(_ options: [Option], to settings: inout Settings) throws(UsageError) {
        var changes: [SettingsChange<Settings>] = []
        for option in options where self.has(option) {
            if let effect = option.change(in: Settings.self) {
                changes.append(try effect.read(self.all(option), option))
            }
        }
        for change in changes { change.implied(&settings) }
        for change in changes { try change.made(&settings) }
    }

    /// The same by every option that was given.
    public func apply<Settings>(to settings: inout Settings) throws(UsageError) {
        try self.apply(self.given, to: &settings)
    }
}
