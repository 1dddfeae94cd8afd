import COpenSSL

/// The algorithms of OpenSSL that clients use, and where OpenSSL looks for them.
///
/// For each certificate's key OpenSSL 3.0 searches all decoders, and for each decoder all kinds of keys: a quarter of a
/// client's handshake. So clients have a library context of their own. Its one provider offers what the default one
/// does, without the decoders and kinds of keys that no TLS server needs (OpenSSL's own tests filter a provider in the
/// same way: test/filterprov.c). That is why files with private keys are read with the default context.
enum TLSLibrary {
    /// At most so many algorithms of a kind are copied; more are left out.
    private static let listLimit = 64
    /// What to leave out, by first name: keys that are in no TLS certificate, and algorithms that TLS does not use at
    /// all. What is not known here stays.
    private static let notInCertificates = ["DH", "X25519", "X448"]
    private static let unused = ["DHX", "SM2", "SCRYPT", "SIPHASH", "POLY1305", "CMAC"]
    /// Providers that do not change the algorithms of TLS, and the one that is filtered.
    private static let usual = ["default", "base", "legacy"]

    // Made once, read only, never freed. OpenSSL keeps its locks in them.

    /// OSSL_LIB_CTX. Nil is OpenSSL's default, for machines whose configuration has other providers (FIPS, hardware,
    /// other algorithms).
    nonisolated(unsafe) static let context: OpaquePointer? = Self.makeContext()
    /// EVP_CIPHER; nil where there is none.
    nonisolated(unsafe) static let aes128 = EVP_CIPHER_fetch(Self.context, "AES-128-GCM", nil)
    nonisolated(unsafe) static let aes256 = EVP_CIPHER_fetch(Self.context, "AES-256-GCM", nil)
    nonisolated(unsafe) static let chacha20 = EVP_CIPHER_fetch(Self.context, "ChaCha20-Poly1305", nil)
    /// EVP_MAC; nil where there is none.
    nonisolated(unsafe) static let hmac = EVP_MAC_fetch(Self.context, "HMAC", nil)

    /// OSSL_PROVIDER, in OpenSSL's default context.
    private nonisolated(unsafe) static let provider: OpaquePointer? = OSSL_PROVIDER_load(nil, "default")
    private nonisolated(unsafe) static let decoders = Self.list(of: OSSL_OP_DECODER) { name, properties in
        // The encoding of a server's public key in a certificate (RFC 5280, 4.1.2.7).
        properties.contains("input=der") && properties.contains("structure=SubjectPublicKeyInfo")
            && !Self.notInCertificates.contains(String(name))
    }
    private nonisolated(unsafe) static let keys = Self.list(of: OSSL_OP_KEYMGMT) { _, _ in true }
    private nonisolated(unsafe) static let functions: UnsafePointer<OSSL_DISPATCH> = Self.makeFunctions()

    private static var hasUsualProviders: Bool {
        var isUsual = true
        let status = OSSL_PROVIDER_do_all(
            nil,
            { provider, isUsual in
                let name = OSSL_PROVIDER_get0_name(provider).map { String(cString: $0) } ?? ""
                if !TLSLibrary.usual.contains(name) { isUsual?.storeBytes(of: false, as: Bool.self) }
                return 1
            }, &isUsual)
        return status == 1 && isUsual
    }

    private static func makeContext() -> OpaquePointer? {
        // The available providers are known only once the machine's configuration is read.
        guard OPENSSL_init_crypto(UInt64(OPENSSL_INIT_LOAD_CONFIG), nil) == 1,
            OSSL_PROVIDER_available(nil, "default") == 1, Self.hasUsualProviders,
            // Not earlier: loading the provider activates it, and the configuration may not want that.
            Self.provider != nil, Self.decoders != nil, Self.keys != nil, let context = OSSL_LIB_CTX_new()
        else {
            ERR_clear_error()
            return nil
        }
        let isAdded = OSSL_PROVIDER_add_builtin(context, "headroom") { _, _, functions, itsContext in
            // Its functions are the default provider's, so they get that provider's context.
            functions?.pointee = TLSLibrary.functions
            itsContext?.pointee = OSSL_PROVIDER_get0_provider_ctx(TLSLibrary.provider)
            return 1
        }
        guard isAdded == 1, OSSL_PROVIDER_load(context, "headroom") != nil else {
            ERR_clear_error()
            OSSL_LIB_CTX_free(context)
            return nil
        }
        return context
    }

    /// The provider's algorithms of a kind without the unused ones, filtered by `isNeeded` with first name and
    /// properties. A list ends with an element without a name. Nil where there are none.
    private static func list(
        of operation: Int32, _ isNeeded: (Substring, [Substring]) -> Bool
    ) -> UnsafePointer<OSSL_ALGORITHM>? {
        var isTemporary: Int32 = 0
        guard var next = OSSL_PROVIDER_query_operation(Self.provider, operation, &isTemporary), isTemporary == 0
        else { return nil }
        let list = UnsafeMutablePointer<OSSL_ALGORITHM>.allocate(capacity: Self.listLimit + 1)
        list.initialize(repeating: OSSL_ALGORITHM(), count: Self.listLimit + 1)
        var count = 0
        while let names = next.pointee.algorithm_names, count < Self.listLimit {
            let name = String(cString: names).prefix { $0 != ":" }
            let properties = next.pointee.property_definition.map { String(cString: $0) } ?? ""
            if !Self.unused.contains(String(name)) && isNeeded(name, properties.split(separator: ",")) {
                list[count] = next.pointee
                count += 1
            }
            next += 1
        }
        return UnsafePointer(list)
    }

    /// The functions that OpenSSL calls in a provider (provider-base(7)).
    private static func makeFunctions() -> UnsafePointer<OSSL_DISPATCH> {
        let query: @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafeMutablePointer<Int32>?) -> UnsafePointer<
            OSSL_ALGORITHM
        >? = { _, operation, isTemporary in
            isTemporary?.pointee = 0
            switch operation {
            case OSSL_OP_DECODER: return TLSLibrary.decoders
            case OSSL_OP_KEYMGMT: return TLSLibrary.keys
            case OSSL_OP_ENCODER, OSSL_OP_STORE: return nil
            default: return OSSL_PROVIDER_query_operation(TLSLibrary.provider, operation, isTemporary)
            }
        }
        let settings: @convention(c) (UnsafeMutableRawPointer?) -> UnsafePointer<OSSL_PARAM>? = { _ in
            OSSL_PROVIDER_gettable_params(TLSLibrary.provider)
        }
        let setting: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<OSSL_PARAM>?) -> Int32 = {
            _, asked in OSSL_PROVIDER_get_params(TLSLibrary.provider, asked)
        }
        let capabilities:
            @convention(c) (
                UnsafeMutableRawPointer?, UnsafePointer<CChar>?,
                (@convention(c) (UnsafePointer<OSSL_PARAM>?, UnsafeMutableRawPointer?) -> Int32)?,
                UnsafeMutableRawPointer?
            ) -> Int32 = { _, name, each, argument in
                OSSL_PROVIDER_get_capabilities(TLSLibrary.provider, name, each, argument)
            }
        typealias Function = @convention(c) () -> Void
        let list: [(Int32, Function)] = [
            (OSSL_FUNC_PROVIDER_QUERY_OPERATION, unsafeBitCast(query, to: Function.self)),
            (OSSL_FUNC_PROVIDER_GETTABLE_PARAMS, unsafeBitCast(settings, to: Function.self)),
            (OSSL_FUNC_PROVIDER_GET_PARAMS, unsafeBitCast(setting, to: Function.self)),
            (OSSL_FUNC_PROVIDER_GET_CAPABILITIES, unsafeBitCast(capabilities, to: Function.self)),
        ]
        let functions = UnsafeMutablePointer<OSSL_DISPATCH>.allocate(capacity: list.count + 1)
        functions.initialize(repeating: OSSL_DISPATCH(), count: list.count + 1)
        for (index, (id, function)) in list.enumerated() {
            functions[index] = OSSL_DISPATCH(function_id: id, function: function)
        }
        return UnsafePointer(functions)
    }
}
