import CLinux
import Engine
import Kernel
import Workload
import YAML

/// One answer of the target before a search, to find out whether a proxy is in front of it, and whether it is the
/// embedded target.
struct ExampleAnswer {
    /// Header fields of a proxy.
    let proxyFields: [String]
    /// The process of a `headroom serve` on this machine; nil for any other server.
    let embedded: Int32?

    /// Used if the first request is no GET, or was not answered.
    static let none = ExampleAnswer(proxyFields: [], embedded: nil)

    /// Fields that proxies, caches and balancers add, in lower case, and as they are shown.
    private static let signs: [(field: String, shown: String)] = [
        ("via", "Via"), ("x-cache", "X-Cache"), ("x-amzn-trace-id", "X-Amzn-Trace-Id"), ("cf-ray", "CF-Ray"),
        ("x-served-by", "X-Served-By"),
    ]
    /// Time limit for it, in nanoseconds.
    private static let limit: UInt64 = 2_000_000_000

    /// Requests it.
    static func ask(_ profile: Profile, _ context: RunContext) -> ExampleAnswer {
        guard let step = profile.session.first, step.method == "GET", profile.target.scheme == .http,
            let address = context.addresses.first
        else { return .none }
        var url = profile.target
        url.path = step.path
        guard let answer = try? BlockingGet.get(url, at: address, limit: Self.limit, headOnly: true) else {
            return .none
        }
        let lines = answer.head.split(separator: UInt8(ascii: "\n")).dropFirst()
        let names = lines.map { line in
            String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
        }
        let isOurs = lines.contains { $0.starts(with: Self.ownServer) } && address.isLoopback
        return ExampleAnswer(
            proxyFields: Self.signs.filter { names.contains($0.field) }.map(\.shown),
            embedded: isOurs ? Self.process(url, address) : nil)
    }

    private static let ownServer = Array("Server: headroom".utf8)

    /// The process that an embedded target reports as its own; nil if no process here has that name.
    private static func process(_ target: TargetURL, _ address: SocketAddress) -> Int32? {
        var url = target
        url.path = "/stats"
        guard let answer = try? BlockingGet.get(url, at: address, limit: Self.limit), answer.status == 200,
            let number = (try? DataNode.read(answer.body, kind: "answer"))?["pid"]?.integer,
            let pid = Int32(exactly: number),
            SystemFile.line("/proc/\(pid)/comm") == SystemFile.line("/proc/self/comm")
        else { return nil }
        return pid
    }
}
