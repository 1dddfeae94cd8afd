import CLinux

/// Small files of /proc and /sys.
public enum SystemFile {
    /// At most so many bytes are read.
    public static let limit = 65_536

    /// The text of a small file; nil where there is none.
    public static func read(_ path: String) -> String? {
        let fd = linux_open(path, O_RDONLY | O_CLOEXEC, 0)
        if fd < 0 { return nil }
        defer { close(fd) }
        var bytes = [UInt8](repeating: 0, count: Self.limit)
        var total = 0
        while total < Self.limit {
            let count = bytes.withUnsafeMutableBytes { buffer in
                CLinux.read(fd, buffer.baseAddress.map { $0 + total }, Self.limit - total)
            }
            if count <= 0 { break }
            total += count
        }
        return String(decoding: bytes.prefix(total), as: UTF8.self)
    }

    /// The first line, without white space around it.
    public static func line(_ path: String) -> String? {
        guard let text = Self.read(path) else { return nil }
        let line = text.prefix { $0 != "\n" }
        let trimmed = line.drop { $0 == " " }
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}
