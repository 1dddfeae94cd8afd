import Workload

/// Makes contexts from the TLS part of a profile.
extension TLSContext {
    /// Throws the settings that no connection to the profile's target can be made with: files that cannot be read,
    /// names that OpenSSL does not know.
    public static func check(_ profile: Profile) throws(EngineError) { _ = try Self.forWorkers(of: profile, count: 1) }

    /// One context for each worker of a profile's load; none where its target is in clear text.
    static func forWorkers(of profile: Profile, count: Int) throws(EngineError) -> [TLSContext] {
        guard profile.target.scheme == .https else { return [] }
        let options = TLSClientOptions(profile: profile)
        var contexts: [TLSContext] = []
        for _ in 0..<count {
            do {
                contexts.append(try TLSContext(client: options))
            } catch {
                throw .tls(error)
            }
        }
        return contexts
    }
}

extension TLSClientOptions {
    /// The client options for a profile's target.
    init(profile: Profile) {
        let plan = profile.tls
        self.init(host: profile.target.host)
        self.verifies = !plan.isInsecure
        self.authorityFile = plan.authorityFile
        if let certificate = plan.certificateFile {
            // Both may be in one file.
            self.identity = TLSIdentity(certificateFile: certificate, keyFile: plan.keyFile ?? certificate)
        }
        self.lowestVersion = plan.lowest == .v12 ? .v12 : .v13
        self.highestVersion = plan.highest == .v12 ? .v12 : .v13
        (self.ciphers, self.cipherSuites) = Self.lists(plan.ciphers)
        self.groups = plan.groups
        self.keepsSessions = plan.resumes
        self.hasOwnReader = plan.reader == .own
        self.protocols = profile.sharing > 0 ? [.http2] : [.http11]
        self.requiresProtocol = profile.sharing > 0
    }

    /// OpenSSL takes the names of TLS 1.3 in a separate list.
    private static func lists(_ text: String?) -> (old: String?, new: String?) {
        guard let text else { return (nil, nil) }
        let names = text.split(separator: ":")
        let old = names.filter { !$0.hasPrefix("TLS_") }.joined(separator: ":")
        let new = names.filter { $0.hasPrefix("TLS_") }.joined(separator: ":")
        return (old.isEmpty ? nil : old, new.isEmpty ? nil : new)
    }
}
