"""Memory of a client: its own, and the kernel's for its sockets."""

import os

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
V1 = "/sys/fs/cgroup/memory"
V2 = "/sys/fs/cgroup"


def of_process(pid):
    """Resident bytes of a living process, now and at most."""
    values = {}
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            key, _, value = line.partition(":")
            if key in ("VmRSS", "VmHWM"):
                values[key] = int(value.split()[0]) * 1024
    return {"rss_bytes": values.get("VmRSS", 0), "rss_peak_bytes": values.get("VmHWM", 0)}


def kernel_tcp_bytes():
    """The buffers of all TCP sockets of this machine, on both ends of the loopback."""
    with open("/proc/net/sockstat") as file:
        for line in file:
            if line.startswith("TCP:"):
                fields = line.split()
                return int(fields[fields.index("mem") + 1]) * PAGE_BYTES
    return 0


class Group:
    """A control group that counts the kernel memory charged to one client; needs root, otherwise there is none."""

    def __init__(self, path, is_v1):
        self.path = path
        self.is_v1 = is_v1

    @staticmethod
    def create():
        """A new group, or nil if the machine does not allow one."""
        for base, probe, is_v1 in ((V1, "memory.kmem.usage_in_bytes", True), (V2, "memory.stat", False)):
            path = os.path.join(base, f"headroom-bench-{os.getpid()}")
            try:
                if not os.path.isdir(path):
                    os.mkdir(path)
            except OSError:
                continue
            if os.path.exists(os.path.join(path, probe)):
                return Group(path, is_v1)
            Group(path, is_v1).remove()
        return None

    def join(self):
        """Moves the calling process into the group."""
        with open(os.path.join(self.path, "cgroup.procs"), "w") as file:
            file.write(str(os.getpid()))

    def kernel_bytes(self):
        """Kernel memory charged to the group: sockets, their buffers, epoll's entries, files."""
        try:
            if self.is_v1:
                return sum(
                    self._number(name)
                    for name in ("memory.kmem.usage_in_bytes", "memory.kmem.tcp.usage_in_bytes")
                )
            with open(os.path.join(self.path, "memory.stat")) as file:
                stat = dict(line.split() for line in file)
            return int(stat["kernel"]) + int(stat["sock"])
        except (OSError, KeyError, ValueError):
            return None

    def _number(self, name):
        with open(os.path.join(self.path, name)) as file:
            return int(file.read())

    def remove(self):
        """Removes the group, which must be empty by now."""
        try:
            os.rmdir(self.path)
        except OSError:
            pass  # a process that is still ending keeps it; the next run reuses it
