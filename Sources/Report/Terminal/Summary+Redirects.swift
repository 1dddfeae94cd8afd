import Measure
import Units

extension SummaryPage {
    /// What was sent again, what points elsewhere, and where all of it went: of a run, or of the trials of a search.
    mutating func addDetours(_ detours: Detours) {
        self.addResent(detours)
        self.addRedirects(detours)
        self.addAddresses(detours.addresses)
    }

    /// Redirects that no `expect` asked for, with the first one's Location; nothing where there were none.
    private mutating func addRedirects(_ detours: Detours) {
        let total = detours.counters
        guard total.requestsRedirected > 0 else { return }
        let answers = (0..<5).reduce(UInt64(0)) { $0 &+ total.status[$1] }
        var cells = RedirectStatus.allCases.filter { total.redirected($0) > 0 }.map { status in
            Cell("\(Quantity.count(total.redirected(status))) × \(status.code)", .warning, joint: " · ")
        }
        cells.append(Cell("of \(Quantity.count(answers)) answers", joint: " "))
        let followed = total.redirectsFollowed
        cells.append(
            followed == 0
                ? Cell("not followed (--follow N)", .quiet, joint: " · ")
                : Cell("\(Quantity.count(followed)) followed", joint: " · "))
        self.add("redirects", cells)
        guard self.detail == .examples, let example = detours.redirectExample else { return }
        let place = example.location.map { "to \($0)" } ?? "without a Location"
        self.addForeign("", "\(example.status) \(example.request): \(place)", .quiet)
    }

    /// What went to each address, where the name has several: all counts in the whole form, the shares in one line of
    /// the page. Where one of them got everything, that is the line, as a warning.
    private mutating func addAddresses(_ addresses: [AddressCount]) {
        guard addresses.count > 1 else { return }
        let used = addresses.filter { $0.connections > 0 }
        if self.isWhole { self.listAddresses(addresses) }
        if used.count == 1, let only = used.first {
            let count = addresses.count - 1
            let others = count == 1 ? "the other address" : "the \(count) other addresses"
            let words = "all of the load went to \(self.foreign(only.address)), none to \(others)"
            self.add(self.isWhole ? "" : "addresses", words, .warning)
        } else if !self.isWhole {
            self.addShares(addresses)
        }
    }

    /// The share of each address, as many as one line has room for; for the others their number and the range of their
    /// shares. Shares of requests, or of connections if no request was sent.
    private mutating func addShares(_ addresses: [AddressCount]) {
        let areRequests = addresses.contains { $0.requests > 0 }
        let counts = addresses.map { areRequests ? $0.requests : $0.connections }
        let sum = counts.reduce(0, &+)
        guard sum > 0 else { return }
        let shares = counts.map { Double($0) / Double(sum) }
        // A single port is in the title already; several ports distinguish the addresses.
        let ports = Set(addresses.map { $0.address.split(separator: ":").last })
        var line = StyledLine()
        for shown in (0...addresses.count).reversed() {
            line = Self.labelled("addresses")
            for index in 0..<shown {
                if index > 0 { line.add(" · ", .quiet) }
                let address = self.foreign(addresses[index].address)
                let end = (ports.count == 1 ? address.lastIndex(of: ":") : nil) ?? address.endIndex
                let share = Self.whole(shares[index])
                line.add("\(address[..<end]) \(share)", counts[index] == 0 ? .warning : .plain)
            }
            let rest = shares[shown...]
            if let least = rest.min(), let most = rest.max() {
                let range = least == most ? "" : "\(Self.whole(least).prefix { $0 != " " }) to "
                let others = shown == 0 ? "\(rest.count) addresses" : " · and \(rest.count) more"
                line.add("\(others): \(range)\(Self.whole(most))", least == 0 ? .warning : .quiet)
            }
            line.add(areRequests ? " of requests" : " of connections", .quiet)
            if line.width <= self.columns { break }
        }
        self.add(line)
    }

    /// A share in whole percent; never 0 or 100 % for one that is not.
    private static func whole(_ share: Double) -> String {
        if share > 0 && share < 0.005 { return "<1 %" }
        if share < 1 && share > 0.995 { return ">99 %" }
        return Quantity.percent((share * 100).rounded() / 100)
    }

    private mutating func listAddresses(_ addresses: [AddressCount]) {
        for (index, count) in addresses.enumerated() {
            var cells = [
                Cell(self.foreign(count.address), count.connections == 0 ? .warning : .plain),
                Cell(Quantity.plural(count.connections, "connection"), joint: "  "),
                Cell(Quantity.plural(count.requests, "request"), joint: " · "),
            ]
            if count.failed > 0 { cells.append(Cell("\(Quantity.count(count.failed)) failed", .bad, joint: " · ")) }
            self.add(index == 0 ? "addresses" : "", cells)
        }
    }
}
