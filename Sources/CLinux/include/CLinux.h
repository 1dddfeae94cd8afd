/// What Linux offers and Glibc's Swift module does not show: epoll, eventfd, signalfd, timer slack,
/// CPU affinity. Declarations and one-line wrappers for macros; what glibc declares for _GNU_SOURCE only is
/// wrapped in CLinux.c, because that macro here would make this module's types differ from Glibc's.
#ifndef HEADROOM_CLINUX_H
#define HEADROOM_CLINUX_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/memfd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "CLinuxTransport.h"

/// Waits with a timeout in nanoseconds; negative = without end. Needs Linux 5.11.
static inline int linux_epoll_wait_nanoseconds(int epoll, struct epoll_event *events, int capacity,
                                               int64_t timeout) {
    struct timespec span = {.tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000};
    return (int)syscall(SYS_epoll_pwait2, epoll, events, capacity, timeout < 0 ? NULL : &span, NULL, 0);
}

/// A timer of the monotonic clock that epoll can watch.
static inline int linux_timer(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC); }
/// Lets it expire once, at a time of the monotonic clock in nanoseconds.
static inline int linux_set_timer(int timer, uint64_t at) {
    struct itimerspec when = {.it_value = {.tv_sec = (time_t)(at / 1000000000), .tv_nsec = (long)(at % 1000000000)}};
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

/// Grows this process's table of descriptors to `count` entries, where its limit of open files allows that.
static inline void linux_grow_descriptor_table(int count) {
    int any = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (any < 0) return;
    int last = fcntl(any, F_DUPFD_CLOEXEC, count - 1);
    if (last >= 0) close(last);
    close(any);
}

/// recv(2) and send(2) as the bare system calls. The C library's are points of cancellation: in a process with threads
/// each call pays two locked writes for a cancellation that nobody asks for.
static inline ssize_t linux_receive(int fd, void *buffer, size_t capacity, int flags) {
    return syscall(SYS_recvfrom, fd, buffer, capacity, flags, NULL, NULL);
}
static inline ssize_t linux_send(int fd, const void *bytes, size_t count, int flags) {
    return syscall(SYS_sendto, fd, bytes, count, flags, NULL, 0);
}

/// Asks for the cache lines of `size` bytes, which nobody waits for. Any address will do: nothing is read.
static inline void linux_prefetch(const void *bytes, size_t size) {
    for (size_t offset = 0; offset < size; offset += 64) __builtin_prefetch((const char *)bytes + offset, 1);
}

/// Monotonic time in nanoseconds (vDSO).
static inline uint64_t linux_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// Wall-clock time in nanoseconds since 1970.
static inline uint64_t linux_realtime_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// Asks for timers as exact as the kernel has them, for the calling thread.
static inline int linux_set_timer_slack(unsigned long nanoseconds) {
    return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
}

/// The calling process gets `signal` when its parent dies.
static inline int linux_set_parent_death_signal(int signal) {
    return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}

/// Pins the calling thread to one CPU; 0 or an errno.
int linux_pin_thread(int cpu);

/// CPUs that the calling thread may run on, lowest first; returns how many were written to `cpus`.
int linux_allowed_cpus(int *cpus, int capacity);

/// Names the calling thread: at most 15 characters.
int linux_name_thread(const char *name);

/// accept4, non-blocking and closed on exec.
int linux_accept(int listener);

/// poll with a timeout in nanoseconds; negative = without end.
int linux_poll(struct pollfd *entries, nfds_t count, int64_t timeout);

/// The C library's words for an error number, into `buffer`.
const char *linux_error_text(int code, char *buffer, size_t capacity);

/// Ignores SIGPIPE and SIGXFSZ for the process: a reader that went away is EPIPE, a file at its limit EFBIG.
void linux_ignore_write_signals(void);

/// Whether the process ignores a signal, such as SIGHUP below nohup(1); 0 or 1.
int linux_ignores(int number);

/// Width and height of the terminal behind `fd`; 0 or -1 with errno.
static inline int linux_terminal_size(int fd, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

/// open(2) with a mode; variadic functions are not imported into Swift.
static inline int linux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

/// The environment, for a child process.
char **linux_environment(void);

/// openat(2) with a mode.
static inline int linux_open_at(int folder, const char *path, int flags, mode_t mode) {
    return openat(folder, path, flags, mode);
}

/// Renames a file inside a folder.
int linux_rename_in(int folder, const char *from, const char *to);

/// CPU time and peak memory of this process.
static inline int linux_process_usage(struct rusage *usage) { return getrusage(RUSAGE_SELF, usage); }

/// CPU time and context switches of the calling thread. RUSAGE_THREAD is 1 (getrusage(2)), and declared for
/// _GNU_SOURCE only.
static inline int linux_thread_usage(struct rusage *usage) { return getrusage(1, usage); }

/// CPU time of the calling thread in nanoseconds.
static inline uint64_t linux_thread_cpu_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// A file that lives in memory only. Swift's Glibc module is made without _GNU_SOURCE, hence the number.
static inline int linux_memory_file(const char *name) {
    return (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC);
}

/// Socket calls take a transparent union of address types, which Swift does not see.
static inline int linux_connect(int fd, const struct sockaddr_storage *address, socklen_t length) {
    return connect(fd, (const struct sockaddr *)address, length);
}
/// Limits the local ports that a connect may take to `first` to `last`: IP_LOCAL_PORT_RANGE, for IPv6 as well.
static inline int linux_narrow_ports(int fd, uint16_t first, uint16_t last) {
    const uint32_t range = (uint32_t)last << 16 | first;
    const int ip_local_port_range = 51; // newer than Debian's headers
    return setsockopt(fd, IPPROTO_IP, ip_local_port_range, &range, sizeof range);
}
static inline int linux_bind(int fd, const struct sockaddr_storage *address, socklen_t length) {
    return bind(fd, (const struct sockaddr *)address, length);
}
static inline int linux_local_address(int fd, struct sockaddr_storage *address, socklen_t *length) {
    return getsockname(fd, (struct sockaddr *)address, length);
}
static inline int linux_name_info(const struct sockaddr_storage *address, socklen_t length, char *host,
                                  socklen_t host_capacity, char *port, socklen_t port_capacity) {
    return getnameinfo((const struct sockaddr *)address, length, host, host_capacity, port, port_capacity,
                       NI_NUMERICHOST | NI_NUMERICSERV);
}
/// A non-blocking TCP socket.
static inline int linux_tcp_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
/// A UDP socket: connecting it sends nothing and shows whether there is a way.
static inline int linux_udp_socket(int family) { return socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0); }

/// errno is a macro.
static inline int linux_errno(void) { return errno; }

#endif
