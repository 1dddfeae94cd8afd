import Foundation
import Testing

/// A server that a test talks to: started on a free port of loopback, and ended with the object.
final class Server: @unchecked Sendable {  // Tests that share one run one after the other.
    let port: Int
    private let running: Running
    private let stop: () -> Void

    private init(port: Int, running: Running, stop: @escaping () -> Void) {
        self.port = port
        self.running = running
        self.stop = stop
    }

    deinit { self.stop() }

    func url(_ path: String) -> String { "http://127.0.0.1:\(self.port)\(path)" }

    /// The port of nginx's server over TLS.
    func securedURL(_ path: String) -> String { "https://127.0.0.1:\(self.port + 1)\(path)" }

    /// The port of nginx's server of HTTP/2 in clear text.
    func http2URL(_ path: String) -> String { "http://127.0.0.1:\(self.port + 2)\(path)" }

    /// The embedded target as its own process.
    static func target(_ options: [String] = [], port: Int = 0) throws -> Server {
        let running = try Running(
            guarded: Command.headroom, ["serve", "--port", "\(port)", "--threads", "1"] + options)
        #expect(Running.until { running.output.contains("ready") })
        let words = running.output.split(separator: " ")
        let url = try #require(words.first { $0.hasPrefix("http://") })
        let found = try #require(Int(url.split(separator: ":").last ?? ""))
        return Server(port: found, running: running) { running.end() }
    }

    /// The raw-socket server of the fault table.
    static func faults(_ options: [String] = []) throws -> Server {
        try Self.python("faultserver.py", options)
    }

    /// A fixture in Python that prints "PORT n".
    static func python(_ name: String, _ options: [String] = []) throws -> Server {
        let script = Repository.fixtures.appendingPathComponent(name).path
        // It ends when its input ends, so no fixture outlives the test run.
        let running = try Running("python3", [script] + options, holdsInputOpen: true)
        #expect(Running.until { running.output.contains("PORT ") && running.output.hasSuffix("\n") })
        let words = running.output.split(whereSeparator: { $0 == " " || $0 == "\n" })
        let port = try #require(words.last.flatMap { Int($0) })
        return Server(port: port, running: running) { running.end() }
    }

    /// The process of the embedded target, behind the shell that guards it.
    var targetPID: Int {
        let found = try? Command.run("pgrep", ["-P", "\(self.running.pid)", "headroom"])
        return found.flatMap { Int($0.output.split(separator: "\n").first ?? "") } ?? -1
    }

    /// nghttp2's own server, with a file of 50,000 bytes at /50k.
    static func nghttpd() throws -> Server {
        let folder = try Scratch.folder()
        try Data(count: 50_000).write(to: folder.appendingPathComponent("50k"))
        for _ in 0..<10 {
            let port = Int.random(in: 20_000..<30_000)
            let running = try Running(
                guarded: "nghttpd", ["--no-tls", "-a", "127.0.0.1", "-d", folder.path, "\(port)"])
            let isUp = Running.until(limit: 5) { !running.isRunning || HTTP.accepts(port) }
            if isUp && running.isRunning {
                return Server(port: port, running: running) {
                    running.end()
                    try? FileManager.default.removeItem(at: folder)
                }
            }
        }
        throw ServerError.didNotStart("nghttpd")
    }

    /// The shell that ends a server when the tests end.
    var guardPID: Int { Int(self.running.pid) }

    /// Prometheus' node_exporter, as packaged by Debian.
    static func nodeExporter() throws -> (running: Running, port: Int) {
        for _ in 0..<10 {
            let port = Int.random(in: 20_000..<30_000)
            let running = try Running(
                guarded: "prometheus-node-exporter", ["--web.listen-address=127.0.0.1:\(port)"])
            let isUp = Running.until(limit: 10) { !running.isRunning || HTTP.accepts(port) }
            if isUp && running.isRunning { return (running, port) }
        }
        throw ServerError.didNotStart("prometheus-node-exporter")
    }

    /// The server's own counts at /stats.
    func stats() throws -> [String: Any] {
        let text = try HTTP.get(port: self.port, "/stats")
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// Ends it at once, as a crash would.
    func kill() {
        self.running.end()
    }

    /// nginx with a folder of files, its own status page, and HTTP/2 in clear text on a port of its own.
    /// `secured`: the configuration of a second server, over TLS on the next port, beside its certificate;
    /// `picksHTTP2`: whether it picks HTTP/2 if a client offers it.
    static func nginx(
        extra: String = "", workers: Int = 1, secured: String? = nil, picksHTTP2: Bool = false
    ) throws -> (server: Server, log: URL) {
        let folder = try Scratch.folder()
        let files = folder.appendingPathComponent("www")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        chmod(folder.path, 0o755)
        var bytes = Data(count: 50_000)
        for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
        try bytes.write(to: files.appendingPathComponent("50k"))
        let log = folder.appendingPathComponent("access.log")
        let ssl = picksHTTP2 ? "ssl http2" : "ssl"
        for _ in 0..<10 {
            let port = Int.random(in: 20_000..<30_000)
            let configuration = """
                daemon off; worker_processes \(workers); pid \(folder.path)/pid; error_log \(folder.path)/error.log;
                worker_rlimit_nofile 10000;
                events { worker_connections 8000; }
                http {
                  log_format bytes '$status $body_bytes_sent $bytes_sent $request_length';
                  access_log \(log.path) bytes; sendfile on; tcp_nopush on; \(extra)
                  client_body_temp_path \(folder.path)/b; proxy_temp_path \(folder.path)/p;
                  fastcgi_temp_path \(folder.path)/f; uwsgi_temp_path \(folder.path)/u; scgi_temp_path \(folder.path)/s;
                  server { listen 127.0.0.1:\(port) backlog=4096; listen [::1]:\(port); root \(files.path);
                    location = /post { client_max_body_size 1m; proxy_pass http://127.0.0.1:\(port)/sink; }
                    location = /sink { access_log off; client_max_body_size 1m; return 200 "taken"; }
                    location = /status { stub_status; access_log off; } }
                  server { listen 127.0.0.1:\(port + 2) http2; root \(files.path); }
                  \(secured.map { "server { listen 127.0.0.1:\(port + 1) \(ssl); root \(files.path); \($0) }" } ?? "")
                }
                """
            let path = folder.appendingPathComponent("nginx.conf")
            try configuration.write(to: path, atomically: true, encoding: .utf8)
            let running = try Running(guarded: "nginx", ["-c", path.path])
            let isUp = Running.until(limit: 5) {
                !running.isRunning
                    || FileManager.default.fileExists(atPath: folder.path + "/pid")
                        && (try? HTTP.get(port: port, "/status")) != nil
            }
            if isUp && running.isRunning {
                let server = Server(port: port, running: running) {
                    running.end()
                    try? FileManager.default.removeItem(at: folder)
                }
                return (server, log)
            }
        }
        throw ServerError.didNotStart("nginx")
    }
}

enum ServerError: Error {
    case didNotStart(String)
    case noAnswer(String)
}

/// A plain request, to ask servers about themselves.
enum HTTP {
    /// Whether something listens there.
    static func accepts(_ port: Int) -> Bool {
        let (fd, isConnected) = Self.connected(to: port)
        close(fd)
        return isConnected
    }

    private static func connected(to port: Int) -> (fd: Int32, isConnected: Bool) {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return (fd, status == 0)
    }

    static func get(port: Int, _ path: String) throws -> String {
        let (fd, isConnected) = Self.connected(to: port)
        defer { close(fd) }
        if !isConnected { throw ServerError.noAnswer(path) }
        let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        _ = request.withCString { send(fd, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
        var answer = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while answer.count < 1 << 20 {
            let count = recv(fd, &buffer, buffer.count, 0)
            if count <= 0 { break }
            answer.append(contentsOf: buffer.prefix(count))
        }
        let text = String(decoding: answer, as: UTF8.self)
        guard let range = text.range(of: "\r\n\r\n") else { throw ServerError.noAnswer(path) }
        return String(text[range.upperBound...])
    }
}
