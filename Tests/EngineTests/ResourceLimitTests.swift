import CLinux
import Testing

@testable import Engine
@testable import Kernel

/// Limits in words.
@Suite struct ResourceLimitTests {
    @Test("the control group that limits pids is found in both versions of /proc/self/cgroup")
    func groups() {
        func found(_ text: String) -> [String] { ResourceLimit.pidsGroups(text).map { $0.root + $0.path } }
        #expect(found("0::/user.slice/a:b\n") == ["/sys/fs/cgroup/user.slice/a:b"])
        #expect(found("0::/\n") == ["/sys/fs/cgroup"])
        #expect(
            found("12:cpu,cpuacct:/x\n8:pids:/docker/1\n0::/\n")
                == ["/sys/fs/cgroup/pids/docker/1", "/sys/fs/cgroup"])
        #expect(found("9:net_cls,pids:/x").first == "/sys/fs/cgroup/pids/x")
        #expect(found("") == [] && found("garbage\n8:pids") == [])
    }

    @Test("an error number that stands for a limit names it; another one does not")
    func advice() {
        for (code, word) in [
            (EAGAIN, "ulimit -u"), (EMFILE, "ulimit -n"), (ENFILE, "fs.file-max"), (ENOMEM, "ulimit -l"),
            (EFBIG, "ulimit -f"),
        ] {
            #expect(ResourceLimit.advice(Errno(code))?.contains(word) == true)
        }
        #expect(ResourceLimit.advice(Errno(EINVAL)) == nil && ResourceLimit.advice(Errno(ENOENT)) == nil)
    }

    @Test("threads that the limits allow start, and are gone afterwards")
    func threads() throws {
        func count() -> Int {
            let line = (SystemFile.read("/proc/self/status") ?? "").split(separator: "\n").first { $0.hasPrefix("Threads:") }
            return Int(line?.split(separator: "\t").last ?? "") ?? -1
        }
        let before = count()
        try Preflight.ensure(threads: 200)
        #expect(count() < before + 100)
    }
}
