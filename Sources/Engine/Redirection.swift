import Wire
import Workload

/// A request that follows a redirect, ready to be sent, with the memory that holds it.
final class RedirectedRequest {
    let step: Step
    /// Where it goes: the target under its own name, or under another.
    let target: TargetURL
    /// Method and path for examples, with the host between them where it is another one.
    let title: String
    let compiled: RequestProgram.CompiledStep
    /// The same for HTTP/2; nil over HTTP/1.1.
    let template: HTTP2RequestTemplate?
    private let memory: UnsafeMutablePointer<UInt8>

    /// Compiles a request. `origin` is the session's step that was redirected; its expectations apply.
    init(
        _ step: Step, at target: TargetURL, title: String, origin: RequestProgram.CompiledStep,
        encoded: (bytes: [UInt8], headerCount: Int), template: HTTP2RequestTemplate?
    ) {
        self.step = step
        self.target = target
        self.title = title
        self.template = template
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, encoded.bytes.count))
        encoded.bytes.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { memory.initialize(from: base, count: source.count) }
        }
        self.memory = memory
        self.compiled = RequestProgram.CompiledStep(
            bytes: UnsafePointer(memory), byteCount: encoded.bytes.count, headerCount: encoded.headerCount,
            isHead: step.method == "HEAD", isIdempotent: RequestProgram.isIdempotent(step.method),
            repeatCount: origin.repeatCount, expectStatus: origin.expectStatus, expectBytes: origin.expectBytes,
            pause: origin.pause, apart: origin.apart)
    }

    deinit { self.memory.deallocate() }
}

/// What a user needs to follow redirects.
struct Redirection {
    /// The Location of the redirect whose head was read last.
    var location = LocationField.none
    /// Redirects that were followed since the session's own request.
    var hops = 0
    /// The session's own request: its step, and when it was due.
    var origin: Int32 = 0
    var originIntended: UInt64 = 0
    /// The request to send next, if the answer that just ended is a redirect to follow.
    var next: RedirectedRequest?
    /// The request in use while the user follows a redirect. It is kept for next time, as servers mostly redirect to
    /// the same place.
    var current: RedirectedRequest?
}
