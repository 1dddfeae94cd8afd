import Units

extension FleetPlan {
    /// What a simulation of the fleet takes: the regions with their clocks, the users that one instance holds, and the
    /// plan's instances as the static peak. Nil where the fleet file has neither `traffic` nor `scaling`. Throws what
    /// keeps it from being simulated.
    ///
    /// Where `scaling` has no target, the policies keep the plan's utilisation and its reserve: at 70 % with one of
    /// three zones to spare they aim at 47 % of what an instance holds.
    public func scenario() throws(ParseError) -> ScalingScenario? {
        guard self.deployment.traffic != nil || self.deployment.scaling != nil else { return nil }
        guard let users = self.deployment.instance.users?.value, let need = self.binding?.need else {
            throw ParseError("no limit is known, so nothing can be simulated")
        }
        var settings = self.deployment.scaling ?? ScalingSettings()
        if !self.deployment.isScalingTargetGiven {
            let zones = self.deployment.zones
            let reserve = Double(zones.count - zones.survive) / Double(zones.count)
            let target = self.deployment.instance.utilisation * reserve * settings.metric.atCapacity
            settings.targetTracking.target = target
            settings.predictive.target = target
        }
        if settings.fixed == nil { settings.fixed = Int(exactly: need.withReserve.value) }
        // What binds says how many users an instance holds: connections, or another limit before them.
        let each = self.demand.peak / need.exact
        return try ScalingScenario(
            curve: try self.curve(), peakUsers: self.demand.peak,
            usersPerInstance: Users(min(users.value, each.value)),
            regions: self.scalingRegions, settings: settings,
            price: self.prices.instances[self.deployment.instance.type]?.hour)
    }

    private var scalingRegions: [ScalingRegion] {
        guard !self.deployment.regions.isEmpty else { return [ScalingRegion(name: "all")] }
        return self.deployment.regions.map {
            ScalingRegion(name: $0.name, weight: $0.weight, utcOffset: .seconds(3_600 * $0.hours))
        }
    }

    /// The curve of the fleet file, or the ordinary one with the plan's peak over its average.
    private func curve() throws(ParseError) -> TrafficCurve {
        if let curve = self.deployment.traffic { return curve }
        let ratio = self.demand.peakOverAverage
        if ratio <= 2 { return try .sine(peakOverAverage: ratio) }
        if ratio <= TrafficCurve.businessDayLimit { return try .businessDay(peakOverAverage: ratio) }
        throw ParseError(
            "traffic: no ordinary day has a peak of \(Quantity.rate(ratio)) times its average; state the curve, "
                + "such as `traffic: {shape: event, height: 20}`")
    }
}
