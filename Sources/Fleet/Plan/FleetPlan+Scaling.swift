import Units

extension FleetPlan {
    /// What a simulation of the fleet takes: the regions with their clocks, the users that one instance holds, and the
    /// plan's instances as the static peak. Nil where the fleet file has neither `traffic` nor `scaling`. Throws what
    /// keeps it from being simulated.
    ///
    /// The policies that size themselves keep the plan's utilisation and its reserve: at 70 % with one of three zones
    /// to spare they aim at 47 % of what an instance holds. A target that `scaling` states is kept.
    public func scenario() throws(ParseError) -> ScalingScenario? {
        guard self.deployment.traffic != nil || self.deployment.scaling != nil else { return nil }
        guard let need = self.binding?.need else {
            throw ParseError("no limit is known, so nothing can be simulated")
        }
        var settings = self.deployment.scaling ?? ScalingSettings()
        let zones = self.deployment.zones
        let left = Double(zones.count - zones.survive) / Double(zones.count)
        settings.safety = self.deployment.instance.utilisation * left
        if !self.deployment.isScalingTargetGiven {
            settings.targetTracking.target = settings.safety * settings.metric.atCapacity
            settings.predictive.target = settings.safety * settings.metric.atCapacity
        }
        if let own = settings.queue?.perUser.perSecond, let every = self.deployment.session.every?.seconds {
            guard abs(own * every - 1) <= Demand.contradictionTolerance else {
                throw ParseError(
                    "scaling.service.every: the users of `session` ask once in \(Quantity.rate(every)) s, and these "
                        + "once in \(Quantity.rate(1 / own)) s; state one time")
            }
        }
        // What binds says how many users an instance holds: connections, or another limit.
        let each = self.demand.peak / need.exact
        return try ScalingScenario(
            curve: try self.curve(), peakUsers: self.demand.peak,
            usersPerInstance: Users(each.value), regions: self.scalingRegions(need.exact), settings: settings,
            price: self.prices.instances[self.deployment.instance.type]?.hour,
            visits: ScalingScenario.Visits(daily: self.demand.daily, time: self.demand.timePerDay))
    }

    /// The regions with the instances that the plan has in each. `need`: instances for the peak of all, not rounded.
    private func scalingRegions(_ need: Double) -> [ScalingRegion] {
        let sum = self.deployment.regions.reduce(0) { $0 + $1.weight }
        func planned(_ share: Double) -> Int? {
            let used = Instances(need * share) / self.deployment.instance.utilisation
            return Int(exactly: self.deployment.zones.withReserve(used).value)
        }
        guard sum > 0 else { return [ScalingRegion(name: "all", planned: planned(1))] }
        return self.deployment.regions.map { region in
            ScalingRegion(
                name: region.name, weight: region.weight, utcOffset: .seconds(3_600 * region.hours),
                planned: planned(region.weight / sum))
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
