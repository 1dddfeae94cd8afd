import YAML

extension MappedKey {
    /// Where it stands, for messages: `scaling.step.out`.
    var path: String { "\(self.mapping.rawValue).\(self.name)" }
}
