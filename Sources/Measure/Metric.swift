/// The values measured as distributions. Raw values index arrays of histograms.
public enum Metric: Int, CaseIterable, Sendable {
    /// From the intended start of a request to the last byte read.
    case response
    /// From just before the first byte of a request was handed to the kernel to the last byte read.
    case service
    /// From the same start to the first byte read.
    case firstByte
    /// From `connect` to an established connection.
    case connect
    /// From an established connection to the end of the TLS handshake over it.
    case tls
    /// A whole session from its intended start, think time left out.
    case session
    /// From the intended start of a request to its first byte being handed to the kernel.
    case sendLag
    /// The generator's part of the send lag: from the time when a planned request was due and could start to its start.
    /// The rest is the wait for the answer before it, for a free user or for a connection.
    case generatorLag
    /// From the arrival of an answer's last bytes in the kernel to our read of them, on a share of the connections; for
    /// complete answers, as expected or not.
    case clientDelay
    /// The service time without that delay: to the arrival of the last bytes, by the kernel's stamp, for the same
    /// answers. It leaves out what stopped us after the request was sent.
    case kernelService

    /// The number of metrics.
    public static let count = Metric.allCases.count

    /// The metrics of objectives. For each of them both bounds are known: of what has not ended, and without the
    /// generator's part.
    public static let bounded: [Metric] = [.response, .service, .firstByte, .connect, .session]

    /// Its place in `bounded`; nil where it has none.
    var boundedIndex: Int? {
        switch self {
        case .response: 0
        case .service: 1
        case .firstByte: 2
        case .connect: 3
        case .session: 4
        case .tls, .sendLag, .generatorLag, .clientDelay, .kernelService: nil
        }
    }

    /// What is declared of a metric, besides its case.
    private struct Facts {
        let name: String
        var isFirst = true
    }

    private var facts: Facts {
        switch self {
        case .response: Facts(name: "response")
        case .service: Facts(name: "service")
        case .firstByte: Facts(name: "ttfb")
        case .connect: Facts(name: "connect")
        case .tls: Facts(name: "tls", isFirst: false)
        case .session: Facts(name: "session")
        case .sendLag: Facts(name: "send_lag")
        case .generatorLag: Facts(name: "generator_lag", isFirst: false)
        case .clientDelay: Facts(name: "client_delay", isFirst: false)
        case .kernelService: Facts(name: "service_kernel", isFirst: false)
        }
    }

    /// The key of machine output and the tag of the log.
    public var name: String { self.facts.name }

    /// Every record has it. Other metrics came later: a record without them says nothing about them.
    public var isFirst: Bool { self.facts.isFirst }
}
