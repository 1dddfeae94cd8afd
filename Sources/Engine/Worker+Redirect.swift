import Measure
import Wire
import Workload

/// Redirects: counted and shown where no step expects them, and followed on the target's own scheme, port and addresses
/// where the profile asks for it. A request that follows one belongs to the session. It is counted and timed like any
/// other and is due when the redirect came. All of this is off the path of other answers.
extension Worker {
    /// Most heads gathered at once where redirects are not followed: one example is enough.
    private static let gatheredLimit = 64

    @inline(__always)
    func isRedirect(_ status: UInt16) -> Bool { status &- 300 < 100 }

    /// Method and path of the user's request.
    func title(of local: Int) -> String {
        let step = Int(self.users[local].step)
        if step < self.stepCount { return self.program.titles[step] }
        return self.redirections[local].current?.title ?? ""
    }

    /// Keeps a piece of an incomplete head, as it may hold the Location.
    @inline(never)
    mutating func gatherHead(_ local: Int, _ count: Int) {
        if !self.wantsLocations { return }
        let piece = UnsafeBufferPointer(start: self.scratch, count: max(0, count))
        if let gathered = self.gatheredHeads[local] {
            if gathered.count + piece.count > HTTP1Location.headLimit { return }
            self.gatheredHeads[local]?.append(contentsOf: piece)
        } else if self.setup.follow > 0 || self.gatheredCount < Self.gatheredLimit {
            self.gatheredHeads[local] = Array(piece)
            self.gatheredCount = self.gatheredHeads.count
        }
    }

    @inline(never)
    mutating func forgetHead(_ local: Int) {
        self.gatheredHeads[local] = nil
        self.gatheredCount = self.gatheredHeads.count
    }

    /// The head of a redirect, or one that came in pieces, is whole; its last bytes are in the buffer.
    @inline(never)
    mutating func lookAtRedirect(_ local: Int, _ count: Int) {
        var head = self.gatheredHeads[local] ?? []
        if !head.isEmpty { self.forgetHead(local) }
        let status = self.users[local].parser.status
        guard self.wantsLocations, self.isUnasked(local, status) != nil else { return }
        let piece = UnsafeBufferPointer(start: self.scratch, count: max(0, count))
        if head.isEmpty { return self.note(local, status, HTTP1Location.find(piece)) }
        if head.count + piece.count <= HTTP1Location.headLimit { head.append(contentsOf: piece) }
        self.note(local, status, head.withUnsafeBufferPointer { HTTP1Location.find($0) })
    }

    /// The same over HTTP/2.
    @inline(never)
    mutating func lookAtSharedRedirect(_ local: Int, _ slot: Int, _ event: HTTP2Event) {
        let location = self.multiplex.sessions[slot].takeLocation(of: event.stream)
        if self.wantsLocations && self.isUnasked(local, event.status) != nil {
            self.note(local, event.status, location)
        }
        self.multiplex.sessions[slot].keepsLocations = self.wantsLocations
    }

    /// The kind of a redirect that no `expect` names; nil for every other status.
    private func isUnasked(_ local: Int, _ status: UInt16) -> RedirectStatus? {
        if self.steps[Int(self.users[local].step)].expectStatus == Int32(status) { return nil }
        return RedirectStatus(code: status)
    }

    private mutating func note(_ local: Int, _ status: UInt16, _ location: LocationField) {
        if self.setup.follow > 0 { self.redirections[local].location = location }
        if self.redirectExample == nil {
            var text: String?
            if case .value(let bytes) = location { text = String(decoding: bytes, as: UTF8.self) }
            self.redirectExample = RedirectExample(status: status, request: self.title(of: local), location: text)
        }
        self.wantsLocations = self.setup.follow > 0
    }

    /// Counts an answer that is a redirect which no step expects. True where it was settled: it leads to the next
    /// request, or failed on the way. A redirect that is not followed is judged like any other answer.
    @inline(never)
    mutating func takeRedirect(_ local: Int, _ status: UInt16, at end: UInt64) -> Bool {
        guard let kind = self.isUnasked(local, status) else { return false }
        let window = self.window(of: local)
        window.pointee.counters.redirects[Int(kind.rawValue)] &+= 1
        if self.setup.follow == 0 { return false }
        let location = self.redirections[local].location
        self.redirections[local].location = .none
        guard case .value(let bytes) = location, let request = self.step(of: local) else {
            return self.redirectFailed(local, .noLocation(status), at: end)
        }
        var target = self.target(of: local)
        var step: Step
        switch RedirectTarget.resolve(bytes, from: request.path, at: target, hosts: self.program.followed) {
        case .sibling(let host, let path) where self.mayServe(local, host):
            target.host = host
            step = request.redirected(by: status, to: path).leavingHost()
        case .other, .sibling:
            if self.isUnwelcome(local) { self.keepExample(local, .status, .status(status), excerpt: 0) }
            return false
        case .invalid: return self.redirectFailed(local, .noLocation(status), at: end)
        case .same(let path): step = request.redirected(by: status, to: path)
        }
        if self.redirections[local].hops >= self.setup.follow {
            return self.redirectFailed(local, .tooManyRedirects(self.setup.follow), at: end)
        }
        guard let next = self.compile(step, at: target, of: local) else {
            return self.redirectFailed(local, .noLocation(status), at: end)
        }
        self.redirections[local].next = next
        self.settleSuccess(local, at: end)
        return true
    }

    /// Whether the user's connection also serves this name. Over TLS its certificate must cover it, unless any is
    /// accepted.
    private mutating func mayServe(_ local: Int, _ host: String) -> Bool {
        if self.tlsState == nil || self.setup.takesAnyCertificate { return true }
        let transport =
            self.multiplex.isOn
            ? self.multiplex.connections[Int(self.multiplex.places[local].slot)].transport : self.users[local].transport
        return transport.secured(self.tlsState)?.covers(host) ?? false
    }

    /// Where the user's request went.
    private mutating func target(of local: Int) -> TargetURL {
        let isHop = Int(self.users[local].step) >= self.stepCount
        return isHop ? self.redirections[local].current?.target ?? self.program.target : self.program.target
    }

    private mutating func redirectFailed(_ local: Int, _ detail: FailureDetail, at end: UInt64) -> Bool {
        self.keepExample(local, .redirect, detail, excerpt: 0)
        self.settleFailure(local, .redirect, at: end)
        return true
    }

    /// The user's request as the profile has it, or as the redirects before made it.
    private mutating func step(of local: Int) -> Step? {
        let step = Int(self.users[local].step)
        return step < self.stepCount ? self.program.session[step] : self.redirections[local].current?.step
    }

    /// A request that is ready to be sent; the last one is reused where it is the same.
    private mutating func compile(_ step: Step, at target: TargetURL, of local: Int) -> RedirectedRequest? {
        let redirection = self.redirections[local]
        let origin = redirection.hops > 0 ? redirection.origin : self.users[local].step
        let compiled = self.program.steps[Int(origin)]
        if let last = redirection.current, last.step == step, last.target == target,
            last.compiled.apart == compiled.apart,
            last.compiled.expectBytes == compiled.expectBytes, last.compiled.expectStatus == compiled.expectStatus
        {
            return last
        }
        return try? self.program.redirected(step, at: target, origin: compiled)
    }

    /// An answer ended. True where it is followed: then the next request is due now. Otherwise a user that followed
    /// redirects is back at the session's own request, from which its plan goes on.
    @inline(never)
    mutating func hop(_ local: Int, at end: UInt64) -> Bool {
        let user = self.users + local
        guard let next = self.redirections[local].next else {
            if user.pointee.flags.contains(.hopping) { self.leaveHop(local) }
            return false
        }
        if !user.pointee.flags.contains(.hopping) {
            user.pointee.flags.insert(.hopping)
            self.redirections[local].origin = user.pointee.step
            self.redirections[local].originIntended = user.pointee.intended
        }
        self.redirections[local].hops += 1
        self.redirections[local].next = nil
        // The request before is over, so its bytes are no longer read.
        self.redirections[local].current = next
        let place = self.stepCount + local
        (self.steps + place).initialize(to: next.compiled)
        if let template = next.template { (self.requests + place).initialize(to: template.request) }
        user.pointee.step = Int32(truncatingIfNeeded: place)
        user.pointee.dueAt = end
        self.window(at: end).pointee.counters.redirectsFollowed &+= 1
        return true
    }

    /// Returns to the session's own request.
    mutating func leaveHop(_ local: Int) {
        let user = self.users + local
        user.pointee.flags.remove(.hopping)
        user.pointee.step = self.redirections[local].origin
        user.pointee.intended = self.redirections[local].originIntended
        self.redirections[local].hops = 0
        self.redirections[local].location = .none
    }
}
