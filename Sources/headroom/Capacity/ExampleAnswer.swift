import Engine
import Workload

/// One answer of the target, looked at before a search: is there something between it and us?
enum ExampleAnswer {
    /// Fields that proxies, caches and balancers add, in lower case, and as they are told.
    private static let signs: [(field: String, shown: String)] = [
        ("via", "Via"), ("x-cache", "X-Cache"), ("x-amzn-trace-id", "X-Amzn-Trace-Id"), ("cf-ray", "CF-Ray"),
        ("x-served-by", "X-Served-By"),
    ]
    /// Nanoseconds that it is waited for.
    private static let limit: UInt64 = 2_000_000_000

    /// The fields that speak for a proxy; none where the first request is no GET, or is not answered.
    static func proxyFields(_ profile: Profile, _ setting: LoadSetting) -> [String] {
        guard let step = profile.session.first, step.method == "GET", profile.target.scheme == .http,
            let address = setting.addresses.first
        else { return [] }
        var url = profile.target
        url.path = step.path
        guard let answer = try? BlockingGet.get(url, at: address, limit: Self.limit, headOnly: true) else {
            return []
        }
        let lines = answer.head.split(separator: UInt8(ascii: "\n")).dropFirst()
        let names = lines.map { line in
            String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
        }
        return Self.signs.filter { names.contains($0.field) }.map(\.shown)
    }
}
