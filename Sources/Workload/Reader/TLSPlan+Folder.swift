extension TLSPlan {
    /// The same plan with file names relative to a folder, which ends with a slash or is empty.
    func relative(to folder: String) -> TLSPlan {
        func resolved(_ name: String?) -> String? { name.map { $0.hasPrefix("/") ? $0 : folder + $0 } }
        var plan = self
        plan.authorityFile = resolved(self.authorityFile)
        plan.certificateFile = resolved(self.certificateFile)
        plan.keyFile = resolved(self.keyFile)
        return plan
    }
}
