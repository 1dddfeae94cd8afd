import CLinux
import Kernel
import Synchronization

/// The number of threads that this machine allows.
extension Preflight {
    /// Makes so many threads, all alive at once, and ends them again. No limit that can be read answers as reliably
    /// whether the machine has them. Throws the limits that may have been reached.
    public static func ensure(threads: Int) throws(EngineError) {
        let gate = Gate()
        var made: [LoopThread] = []
        let failure = gate.lock.withLock { _ -> Errno? in
            for _ in 0..<threads {
                do throws(Errno) {
                    made.append(try LoopThread(name: "preflight") { gate.lock.withLock { _ in } })
                } catch {
                    return error
                }
            }
            return nil
        }
        for thread in made { thread.join() }
        if let failure {
            throw .failed("\(threads) threads are needed, and \(made.count) could be made", failure)
        }
    }

    /// Keeps threads waiting until all are made.
    private final class Gate: Sendable {
        let lock = Mutex(())
    }
}
