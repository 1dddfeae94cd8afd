import Wire
import Workload

/// A request that follows a redirect, ready to be sent, with the memory it lies in.
final class RedirectedRequest {
    let step: Step
    /// Where it goes: the target under its own name, or under another one.
    let target: TargetURL
    /// Method and path, for examples; in between the host, where it is another one.
    let title: String
    let compiled: RequestProgram.CompiledStep
    /// The same for HTTP/2; nil over HTTP/1.1.
    let template: HTTP2RequestTemplate?
    private let memory: UnsafeMutablePointer<UInt8>

    /// Compiles a request. `origin` is the step of the session that was redirected, whose expectations hold for it.
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
    /// What follows, where the answer that just ended leads on.
    var next: RedirectedRequest?
    /// What is sent while the user follows one; kept for the next time, as servers mostly send to the same place.
    var current: RedirectedRequest?
}
