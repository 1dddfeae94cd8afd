#define _GNU_SOURCE 1
#include "CLinux.h"
#include <stdio.h>

int linux_pin_thread(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (cpu < 0 || cpu >= CPU_SETSIZE) return EINVAL;
    CPU_SET(cpu, &set);
    return pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

int linux_allowed_cpus(int *cpus, int capacity) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
    int count = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && count < capacity; cpu += 1)
        if (CPU_ISSET(cpu, &set)) cpus[count++] = cpu;
    return count;
}

int linux_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

int linux_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int linux_poll(struct pollfd *entries, nfds_t count, int64_t timeout) {
    if (timeout < 0) return ppoll(entries, count, NULL, NULL);
    struct timespec span = {.tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000};
    return ppoll(entries, count, &span, NULL);
}

const char *linux_error_text(int code, char *buffer, size_t capacity) {
    return strerror_r(code, buffer, capacity);
}

void linux_ignore_write_signals(void) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

int linux_ignores(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

char **linux_environment(void) { return environ; }

int linux_rename_in(int folder, const char *from, const char *to) { return renameat(folder, from, folder, to); }
