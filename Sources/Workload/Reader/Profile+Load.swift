import Units
import YAML

#if canImport(Glibc)
import Glibc
#endif

extension Profile {
    /// Reads the bytes of a profile (YAML, of which JSON is a part). `file` is its name in errors; `readFile` returns
    /// the bytes of a body's file by its name in the profile. Throws all errors at once; a profile that is returned is
    /// valid.
    public static func parse(
        _ bytes: [UInt8], file: String, readFile: @escaping (String) throws(ParseError) -> [UInt8]
    ) throws(DocumentErrors) -> Profile {
        try Self.parse(bytes, file: file, keys: ProfileKey.all, readFile: readFile)
    }

    /// The same, where `keys` are known.
    static func parse(
        _ bytes: [UInt8], file: String, keys: [ProfileKey], readFile: @escaping (String) throws(ParseError) -> [UInt8]
    ) throws(DocumentErrors) -> Profile {
        try YAMLReader.value(of: bytes, kind: "profile", file: file, advice: "begin it with `version: 1`") { root in
            var reader = ProfileReader(keys: keys, readFile: readFile)
            let profile = reader.read(root)
            return (profile, reader.errors)
        }
    }

    /// Reads a profile from disk, and the bodies that it names, relative to its folder.
    public static func load(path: String) throws(DocumentErrors) -> Profile {
        try Self.loadKeepingBytes(path: path).profile
    }

    /// The same, with the bytes of the file, so that a record can identify the profile.
    public static func loadKeepingBytes(
        path: String
    ) throws(DocumentErrors) -> (profile: Profile, bytes: [UInt8]) {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: YAMLReader.fileLimit, kind: .any)
        } catch {
            throw DocumentErrors([DocumentError(file: path, line: 0, column: 0, message: error.message)])
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        var profile = try parse(bytes, file: path) { name throws(ParseError) in
            try Self.readBody(path: name.hasPrefix("/") ? name : folder + name)
        }
        profile.tls = profile.tls.relative(to: folder)
        return (profile, bytes)
    }

    /// Reads the file of a body: a regular file of at most `bodyLimit` bytes.
    public static func readBody(path: String) throws(ParseError) -> [UInt8] {
        try FileBytes.read(path, limit: Int(bodyLimit), kind: .regular)
    }
}

/// The only place of this module with disk access.
enum FileBytes {
    /// Kinds of files: a profile may come through a pipe, a body may not (the start would hang).
    enum Kind { case any, regular }

    /// Most bytes of one read.
    private static let chunk = 64 << 10

    /// All bytes of a file of at most `limit`.
    static func read(_ path: String, limit: Int, kind: Kind) throws(ParseError) -> [UInt8] {
        let fd = open(path, O_RDONLY | O_CLOEXEC | (kind == .regular ? O_NONBLOCK : 0))
        guard fd >= 0 else { throw ParseError("\(quoted(path)) cannot be opened: \(errorText(errno))") }
        defer { close(fd) }
        if kind == .regular {
            var status = stat()
            guard fstat(fd, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw ParseError("\(quoted(path)) is not a regular file")
            }
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: chunk)
        // One byte past the limit shows that there is more.
        while bytes.count <= limit {
            let count = Glibc.read(fd, &buffer, min(chunk, limit + 1 - bytes.count))
            if count < 0 {
                let error = errno
                if error == EINTR { continue }
                throw ParseError("\(quoted(path)) cannot be read: \(errorText(error))")
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        throw ParseError(
            "\(quoted(path)) is larger than \(ByteSize.text(UInt64(limit))), which is the most here")
    }

    private static func errorText(_ number: Int32) -> String {
        String(cString: strerror(number))
    }
}
