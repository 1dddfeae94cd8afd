import Foundation

/// This process's worker threads, as the kernel lists them.
enum WorkerThreads {
    private static var folders: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return all.map { "/proc/self/task/\($0)" }.filter { folder in
            (try? String(contentsOfFile: "\(folder)/comm", encoding: .utf8))?.hasPrefix("worker-") == true
        }
    }

    /// The number of worker threads.
    static var count: Int { self.folders.count }

    /// CPU time of all of them in clock ticks of 10 ms, user and system.
    static var cpuTicks: Int {
        self.folders.reduce(0) { sum, folder in
            guard let stat = try? String(contentsOfFile: "\(folder)/stat", encoding: .utf8),
                let name = stat.lastIndex(of: ")")
            else { return sum }
            // utime and stime are fields 14 and 15 of proc(5); the name ends the second.
            let fields = stat[name...].split(separator: " ")
            return sum + (fields.count > 13 ? (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0) : 0)
        }
    }
}
