import Measure
import Units

extension FewerConnections {
    /// Such as `on 140 connections at once (the server closes after 5.0 s of silence)`.
    public var words: String {
        "on \(Quantity.plural(self.atOnce, "connection")) at once"
            + (self.silence.map { " (the server closes after \(Quantity.duration($0)) of silence)" } ?? "")
    }
}
