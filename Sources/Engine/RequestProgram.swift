import Kernel
import Wire
import Workload

/// The session as the workers run it: the bytes of every request, built once, in memory of its own. Immutable after
/// init, read by all workers.
public final class RequestProgram: @unchecked Sendable {  // Written by init only; freed after the workers ended.
    /// One step, ready to be sent.
    struct CompiledStep {
        let bytes: UnsafePointer<UInt8>
        let byteCount: Int
        /// The head's part of `byteCount`; the rest is the body.
        let headerCount: Int
        let isHead: Bool
        /// May be sent again when nothing came back (RFC 9110 9.2.2).
        let isIdempotent: Bool
        let repeatCount: Int32
        /// -1: anything below 400.
        let expectStatus: Int32
        /// `UInt64.max`: any number.
        let expectBytes: UInt64
        let pause: Pause
        /// Index of its own recorders (`HotWindow.steps`); -1: it is not recorded apart.
        let apart: Int32
    }

    let steps: UnsafeMutablePointer<CompiledStep>
    let stepCount: Int
    /// The requests of the steps for HTTP/2, whose memory the templates own.
    let multiplexed: UnsafeMutablePointer<HTTP2Request>
    private let templates: [HTTP2RequestTemplate]
    private let memory: UnsafeMutablePointer<UInt8>
    /// What it was built from. Requests that follow redirects are built from the same values.
    let session: [Step]
    let target: TargetURL
    /// All host names that redirects are followed to, with the target's; empty where the target's is the only one.
    let followed: [String]
    private let userAgent: String
    private let isMultiplexed: Bool
    /// Method and path by step, for error examples.
    let titles: [String]
    /// Numbers of the steps that are recorded apart, counted from 1.
    let stepsApart: [Int]
    /// How sessions follow each other.
    let cycle: Cycle
    /// Nanoseconds between any two requests of a user, if every step and the plan of sessions agree on one gap; 0
    /// otherwise.
    let evenGap: UInt64
    let requestsPerSession: Int
    /// Some pause is a plan: then users join at a random point of it where the profile asks for that.
    let isPlanned: Bool
    /// The longest wait after an answer that is the same for every user, in nanoseconds; 0: there is none.
    let echo: UInt64

    /// Builds the bytes of every step. `userAgent` is sent unless a step has its own.
    public init(profile: Profile, userAgent: String) throws(EngineError) {
        var encoded: [(bytes: [UInt8], headerCount: Int)] = []
        var templates: [HTTP2RequestTemplate] = []
        for step in profile.session {
            let built = try Self.build(
                step, target: profile.target, userAgent: userAgent, isMultiplexed: profile.sharing > 0)
            encoded.append(built.encoded)
            if let template = built.template { templates.append(template) }
        }
        self.session = profile.session
        self.target = profile.target
        let siblings = profile.followHosts.map(\.host)
        self.followed = siblings.isEmpty ? [] : siblings + [profile.target.host]
        self.userAgent = userAgent
        self.isMultiplexed = profile.sharing > 0
        self.templates = templates
        self.multiplexed = .allocate(capacity: templates.count)
        for (index, template) in templates.enumerated() {
            (self.multiplexed + index).initialize(to: template.request)
        }
        self.stepCount = profile.session.count
        self.titles = profile.session.map { "\($0.method) \($0.path)" }
        let recorded = profile.recordedSteps.map(\.index)
        self.stepsApart = recorded.map { $0 + 1 }
        self.cycle = profile.load.cycle
        var planned = false
        if case .every = profile.load.cycle { planned = true }
        for step in profile.session { if case .every = step.pause { planned = true } }
        self.isPlanned = planned
        self.requestsPerSession = profile.requestsPerSession ?? 1
        self.evenGap = profile.evenGap
        self.echo = Self.echo(of: profile)
        self.memory = .allocate(capacity: max(1, encoded.reduce(0) { $0 + $1.bytes.count }))
        self.steps = .allocate(capacity: max(1, profile.session.count))
        var offset = 0
        for (index, step) in profile.session.enumerated() {
            let bytes = encoded[index].bytes
            let start = self.memory + offset
            bytes.withUnsafeBufferPointer { source in
                if let base = source.baseAddress { start.initialize(from: base, count: bytes.count) }
            }
            offset += bytes.count
            (self.steps + index).initialize(
                to: CompiledStep(
                    bytes: UnsafePointer(start), byteCount: bytes.count,
                    headerCount: encoded[index].headerCount,
                    isHead: step.method == "HEAD",
                    isIdempotent: Self.isIdempotent(step.method),
                    repeatCount: Int32(clamping: step.repeatCount),
                    expectStatus: Int32(clamping: step.expectStatus ?? -1),
                    expectBytes: step.expectBytes ?? .max, pause: step.pause,
                    apart: Int32(clamping: recorded.firstIndex(of: index) ?? -1)))
        }
    }

    deinit {
        self.steps.deinitialize(count: self.stepCount)
        self.steps.deallocate()
        self.multiplexed.deallocate()
        self.memory.deallocate()
    }

    /// Whether a request may be repeated, by its method (RFC 9110 9.2.2).
    static func isIdempotent(_ method: String) -> Bool {
        ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(method)
    }

    /// A step's bytes, and for HTTP/2 its template.
    private static func build(
        _ step: Step, target: TargetURL, userAgent: String, isMultiplexed: Bool
    ) throws(EngineError) -> (encoded: (bytes: [UInt8], headerCount: Int), template: HTTP2RequestTemplate?) {
        let fields = Self.fields(of: step, authority: target.authority, userAgent: userAgent)
        if isMultiplexed {
            return ((step.body, 0), try Self.template(of: step, target: target, fields: fields))
        }
        do {
            let encoded = try HTTP1RequestEncoder.encode(
                method: step.method, target: step.path, fields: fields, body: step.body)
            return ((encoded.bytes, encoded.headerCount), nil)
        } catch {
            throw .unsendable("\(step.method) \(step.path): \(error)")
        }
    }

    /// Builds the request that follows a redirect of a step.
    func redirected(_ step: Step, at target: TargetURL, origin: CompiledStep) throws(EngineError) -> RedirectedRequest {
        let built = try Self.build(
            step, target: target, userAgent: self.userAgent, isMultiplexed: self.isMultiplexed)
        let title = target == self.target ? "" : target.authority
        return RedirectedRequest(
            step, at: target, title: "\(step.method) \(title)\(step.path)", origin: origin, encoded: built.encoded,
            template: built.template)
    }

    /// The steps in memory of the caller, with room for so many more behind them; the program's own memory where none
    /// are added.
    func steps(sparing spare: Int) -> UnsafeMutablePointer<CompiledStep> {
        if spare == 0 { return self.steps }
        let copy = UnsafeMutablePointer<CompiledStep>.allocate(capacity: self.stepCount + spare)
        copy.initialize(from: self.steps, count: self.stepCount)
        return copy
    }

    /// The same for the HTTP/2 requests, which may be empty.
    func multiplexed(sparing spare: Int) -> UnsafeMutablePointer<HTTP2Request> {
        if spare == 0 { return self.multiplexed }
        let copy = UnsafeMutablePointer<HTTP2Request>.allocate(capacity: self.stepCount + spare)
        copy.initialize(from: self.multiplexed, count: self.templates.count)
        return copy
    }

    private static func template(
        of step: Step, target: TargetURL, fields: [(name: String, value: String)]
    ) throws(EngineError) -> HTTP2RequestTemplate {
        do {
            return try HTTP2RequestTemplate(
                method: step.method, scheme: target.scheme.rawValue, authority: target.authority, path: step.path,
                fields: fields, body: step.body)
        } catch {
            throw .unsendable("\(step.method) \(step.path): \(error.sentence)")
        }
    }

    /// A bunch of answers becomes a bunch of requests again after a wait that does not vary.
    private static func echo(of profile: Profile) -> UInt64 {
        var gaps: [Gap] = profile.session.compactMap { if case .think(let gap) = $0.pause { gap } else { nil } }
        if case .between(let gap) = profile.load.cycle { gaps.append(gap) }
        return gaps.map { if case .constant(let length) = $0 { min(length, Self.longestEcho) } else { 0 } }.max() ?? 0
    }

    /// After this long a bunch has dispersed. Nanoseconds.
    private static let longestEcho: UInt64 = 60_000_000_000

    private static func fields(
        of step: Step, authority: String, userAgent: String
    ) -> [(name: String, value: String)] {
        let names = Set(step.headers.map { $0.name.lowercased() })
        var fields: [(name: String, value: String)] = []
        if !names.contains("host") { fields.append(("Host", authority)) }
        if !names.contains("user-agent") { fields.append(("User-Agent", userAgent)) }
        // Without this field any coding is welcome (RFC 9110, 12.5.3), and bodies would differ from what was asked for.
        if !names.contains("accept-encoding") { fields.append(("Accept-Encoding", "identity")) }
        fields += step.headers.map { ($0.name, $0.value) }
        return fields
    }
}

/// Why a load cannot be set up. Nothing was sent.
public enum EngineError: Error, Sendable {
    /// A request that cannot be written as HTTP.
    case unsendable(String)
    case system(what: String, error: Errno)
    /// The machine's limits are too low: which one, and how to fix it.
    case limits(String)
    /// A file, a list or a name that TLS cannot use.
    case tls(TLSSetupError)
}
