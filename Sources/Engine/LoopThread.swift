import CLinux
import Kernel

/// A named thread with exact timers. Signals go to the main thread.
public struct LoopThread: Sendable {
    private var handle: pthread_t

    /// Starts a thread. `name`: at most 15 characters. `cpu`: pins it there, if given.
    public init(
        name: String, cpu: Int? = nil, _ body: @escaping @Sendable () -> Void
    ) throws(Errno) {
        let box = Unmanaged.passRetained(Body(name: name, cpu: cpu, run: body))
        var handle = pthread_t()
        // A thread inherits its maker's signal mask. So no signal reaches it before it has blocked them.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        let status = pthread_create(
            &handle, nil,
            { pointer in
                guard let pointer else { return nil }
                let body = Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue()
                _ = linux_name_thread(body.name)
                if let cpu = body.cpu {
                    KernelRefusals.note(.cpuPin, status: linux_pin_thread(Int32(truncatingIfNeeded: cpu)))
                }
                // The default slack of 50 µs would delay every planned start by that much.
                KernelRefusals.note(.timerSlack, status: linux_set_timer_slack(1))
                body.run()
                return nil
            }, box.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        if status != 0 {
            box.release()
            throw Errno(status)
        }
        self.handle = handle
    }

    /// Waits until the thread has returned.
    public func join() { pthread_join(self.handle, nil) }

    private final class Body {
        let name: String
        let cpu: Int?
        let run: @Sendable () -> Void
        init(name: String, cpu: Int?, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.cpu = cpu
            self.run = run
        }
    }
}
