import Measure
import Units

extension SummaryPage {
    /// Redirects that no `expect` asked for, with the first one's Location; nothing where there were none.
    mutating func addRedirects(_ summary: RunSummary) {
        let total = summary.total
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
        guard self.detail == .examples, let example = summary.redirectExample else { return }
        let place = example.location.map { "to \($0)" } ?? "without a Location"
        self.addForeign("", "\(example.status) \(example.request): \(place)", .quiet)
    }

    /// What went to each address, where the name has several; on the page as far as it is a warning: one of them got
    /// everything.
    mutating func addAddresses(_ summary: RunSummary) {
        let addresses = summary.addresses
        guard addresses.count > 1 else { return }
        let used = addresses.filter { $0.connections > 0 }
        if self.isWhole { self.listAddresses(addresses) }
        if used.count == 1, let only = used.first {
            let count = addresses.count - 1
            let others = count == 1 ? "the other address" : "the \(count) other addresses"
            self.add(
                self.isWhole ? "" : "addresses", "all of the load went to \(only.address), none to \(others)", .warning)
        }
    }

    private mutating func listAddresses(_ addresses: [AddressCount]) {
        for (index, count) in addresses.enumerated() {
            var cells = [
                Cell(count.address, count.connections == 0 ? .warning : .plain),
                Cell(Self.plural(count.connections, "connection"), joint: "  "),
                Cell(Self.plural(count.requests, "request"), joint: " · "),
            ]
            if count.failed > 0 { cells.append(Cell("\(Quantity.count(count.failed)) failed", .bad, joint: " · ")) }
            self.add(index == 0 ? "addresses" : "", cells)
        }
    }
}
