import Wire

extension HTTP2Event {
    /// The event ends its request.
    var endsRequest: Bool {
        switch self.kind {
        case .ended, .reset, .refused, .unprocessed, .fault, .lost: true
        case .head, .body, .goAway, .settings, .failed: false
        }
    }
}
