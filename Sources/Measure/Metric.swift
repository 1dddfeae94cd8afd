/// What is measured as a distribution. Raw values index arrays of histograms.
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
    /// The generator's part of the send lag: from the moment at which a planned request was due and could be made to
    /// the one at which we made it. The rest is the wait for the answer before it, for a free user or for a connection.
    case generatorLag
    /// From the last bytes of an answer coming in at the kernel to their being read by us, on a share of the
    /// connections; of complete answers, as expected or not.
    case clientDelay
    /// The service time without that delay: to the arrival of the last bytes, by the kernel's stamp, for the same
    /// answers. What stopped us after the request was sent is not in it.
    case kernelService

    /// How many metrics there are.
    public static let count = Metric.allCases.count

    /// Those that objectives are about: what has not ended is known of them, and how much of them is the generator's.
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

    /// The key of machine output and the tag of the log.
    public var name: String {
        switch self {
        case .response: "response"
        case .service: "service"
        case .firstByte: "ttfb"
        case .connect: "connect"
        case .tls: "tls"
        case .session: "session"
        case .sendLag: "send_lag"
        case .generatorLag: "generator_lag"
        case .clientDelay: "client_delay"
        case .kernelService: "service_kernel"
        }
    }
}
