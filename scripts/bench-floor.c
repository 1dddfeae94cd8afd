// The floor: the least that one thread can do and still have asked and been answered honestly.
//
// N keep-alive connections, GET, epoll edge-triggered. Of each answer it reads at most 1 KiB for the head,
// finds the end of the head and Content-Length in it, and lets the kernel drop the rest of the body uncopied:
// recv(fd, NULL, remaining + 1, MSG_TRUNC), where the one byte more shows surplus. It measures no latency,
// keeps no statistics and reads no clock per request: whatever a load generator costs above it, its measuring
// costs. It takes answers while it opens connections, as whoever measures them must: to open all first, and leave
// the answers lying, puts the requests into the order of the sockets in memory and makes the kernel's side cheaper
// (at 15,000 connections by a tenth).
//
//   bench-floor HOST PORT PATH CONNECTIONS SECONDS                     back to back
//   bench-floor HOST PORT PATH CONNECTIONS SECONDS EVERY RAMP [TICK [STRIDE]]   each user asks every EVERY seconds
//
// Paced, the users connect evenly over RAMP seconds and are then spread evenly over the cycle; requests are
// due at absolute times. As all users have the same cycle, the order of the due times never changes, so the
// plan is a counter, which is cheaper than any heap. SECONDS counts from the end of the ramp. With TICK it
// wakes up for requests at whole ticks only, as clients with millisecond timers do: later than planned, but
// several for one wake-up. Users ask in the order in which they connected, or STRIDE users further each time: in the
// order of the connections the kernel finds their sockets side by side in memory, on both sides, which is cheaper.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
    HEAD_READ = 1024,       // first read of an answer: a usual head, and as little of the body as possible
    HEAD_LIMIT = 16 * 1024, // a head longer than this ends the run
    BATCH = 512,            // events taken per return of epoll
    OPENED_PER_TURN = 128,  // connections opened before answers are taken again
    CONNECTION_LIMIT = 60000,
};
static const uint64_t BODY_LIMIT = UINT64_C(1) << 40;

struct connection {
    int fd;
    uint32_t head_used; // bytes in `head`; 0 in all but the rare case of a head in pieces
    uint32_t owed;      // paced: requests that fell due while an answer was outstanding
    uint8_t busy;       // a request is outstanding
    uint8_t in_body;
    uint64_t remaining;
    char *head; // only where a head came in pieces
};

static struct connection *connections;
static int connection_count;
static int poller;
static struct sockaddr_in address;
static char request[2048];
static size_t request_length;
static uint64_t answered, unsent;
static int paced;
static volatile sig_atomic_t over;

static void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("bench-floor: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static uint64_t now_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void on_alarm(int signal_number) {
    (void)signal_number;
    over = 1;
}

static void ask(struct connection *c) {
    ssize_t sent = send(c->fd, request, request_length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent != (ssize_t)request_length) die("send: %s", sent < 0 ? strerror(errno) : "incomplete");
    c->busy = 1;
}

static void complete(struct connection *c) {
    answered++;
    c->busy = 0;
    c->in_body = 0;
    if (!paced) {
        ask(c);
    } else if (c->owed) {
        c->owed--;
        ask(c);
    }
}

/// The value of Content-Length in a whole head, or -1 where there is none or it is no number.
static int64_t content_length(const char *head, size_t length) {
    static const char name[] = "content-length:";
    const char *line = head, *end = head + length;
    while (line < end) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        if (!newline) break;
        if ((*line | 0x20) == 'c' && (size_t)(newline - line) >= sizeof name - 1
            && strncasecmp(line, name, sizeof name - 1) == 0) {
            const char *digit = line + sizeof name - 1;
            while (*digit == ' ' || *digit == '\t')
                digit++;
            uint64_t value = 0;
            const char *first = digit;
            for (; *digit >= '0' && *digit <= '9'; digit++) {
                value = value * 10 + (uint64_t)(*digit - '0');
                if (value > BODY_LIMIT) return -1;
            }
            return digit > first && *digit == '\r' ? (int64_t)value : -1;
        }
        line = newline + 1;
    }
    return -1;
}

/// Reads the head; true where its body has begun and more of it may be waiting in the socket.
static int read_head(struct connection *c) {
    static char first[HEAD_READ];
    char *buffer = first;
    size_t have = 0, room = HEAD_READ;
    if (c->head_used) {
        buffer = c->head;
        have = c->head_used;
        room = HEAD_LIMIT - have;
    }
    ssize_t got = recv(c->fd, buffer + have, room, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (got <= 0) die("the server closed a connection: %s", got ? strerror(errno) : "end of stream");
    size_t total = have + (size_t)got;
    const char *end = memmem(buffer, total, "\r\n\r\n", 4);
    if (!end) {
        if (total >= HEAD_LIMIT) die("head longer than %d bytes", HEAD_LIMIT);
        if (!c->head && !(c->head = malloc(HEAD_LIMIT))) die("out of memory");
        if (buffer == first) memcpy(c->head, first, total);
        c->head_used = (uint32_t)total;
        return got == (ssize_t)room ? read_head(c) : 0;
    }
    size_t head_length = (size_t)(end - buffer) + 4;
    if (total < 12 || memcmp(buffer, "HTTP/1.1 200", 12) != 0) die("no 200: %.20s", buffer);
    int64_t length = content_length(buffer, head_length);
    if (length < 0) die("no usable Content-Length");
    uint64_t here = total - head_length;
    if (here > (uint64_t)length)
        die("%llu bytes after the answer", (unsigned long long)(here - (uint64_t)length));
    c->head_used = 0;
    c->remaining = (uint64_t)length - here;
    c->in_body = 1;
    if (c->remaining == 0) {
        complete(c);
        return 0;
    }
    return got == (ssize_t)room; // a short read has emptied the socket: the next edge tells of more
}

static void readable(struct connection *c) {
    if (!c->in_body && !read_head(c)) return;
    ssize_t got = recv(c->fd, NULL, c->remaining + 1, MSG_DONTWAIT | MSG_TRUNC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) die("the server closed a connection: %s", got ? strerror(errno) : "end of stream");
    if ((uint64_t)got > c->remaining) die("bytes after the answer");
    c->remaining -= (uint64_t)got;
    if (c->remaining == 0) complete(c);
}

static void open_connection(int index) {
    struct connection *c = &connections[index];
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0) die("socket: %s", strerror(errno));
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0) die("connect: %s", strerror(errno));
    struct epoll_event interest = {.events = EPOLLIN | EPOLLET, .data.u32 = (uint32_t)index};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &interest) != 0) die("epoll_ctl: %s", strerror(errno));
    ask(c);
}

static void take_events(const struct timespec *wait) {
    static struct epoll_event events[BATCH];
    int count = epoll_pwait2(poller, events, BATCH, wait, NULL);
    if (count < 0 && errno != EINTR) die("epoll_pwait2: %s", strerror(errno));
    for (int i = 0; i < count; i++)
        readable(&connections[events[i].data.u32]);
}

static void run_back_to_back(double seconds) {
    static const struct timespec at_once;
    for (int i = 0; i < connection_count; i++) {
        open_connection(i);
        if (i % OPENED_PER_TURN == OPENED_PER_TURN - 1) take_events(&at_once);
    }
    signal(SIGALRM, on_alarm);
    struct itimerval timer = {
        .it_value = {(time_t)seconds, (suseconds_t)((seconds - (time_t)seconds) * 1e6)}};
    setitimer(ITIMER_REAL, &timer, NULL);
    while (!over)
        take_events(NULL);
}

/// When the `index`-th request of all users together is due: exact, so that nothing drifts.
static uint64_t due(uint64_t start, uint64_t index, uint64_t cycle) {
    return start + (uint64_t)((unsigned __int128)index * cycle / (unsigned)connection_count);
}

static void run_paced(uint64_t seconds, uint64_t cycle, uint64_t ramp, uint64_t tick, uint64_t stride) {
    // The kernel's default slack of 50 µs would shift every start.
    if (prctl(PR_SET_TIMERSLACK, 1UL) != 0) die("prctl: %s", strerror(errno));
    uint64_t begin = now_nanoseconds(), start = begin + ramp, end = start + seconds, next = 0;
    int opened = 0;
    for (;;) {
        uint64_t now = now_nanoseconds(), wake;
        if (now >= end) break;
        if (opened < connection_count) {
            wake = due(begin, (uint64_t)opened, ramp);
            if (wake <= now) {
                open_connection(opened++);
                wake = now;
            }
        } else {
            while ((wake = due(start, next, cycle)) <= now) {
                struct connection *c = &connections[next++ % (unsigned)connection_count * stride % (unsigned)connection_count];
                if (c->busy)
                    c->owed++;
                else
                    ask(c);
            }
            wake = start + (wake - start + tick - 1) / tick * tick;
        }
        uint64_t wait = wake > now ? wake - now : 0;
        struct timespec timeout = {(time_t)(wait / 1000000000u), (long)(wait % 1000000000u)};
        take_events(&timeout);
    }
    for (int i = 0; i < connection_count; i++)
        unsent += connections[i].owed;
}

/// With a stride that shares a factor with the number of users some of them would never ask.
static int shares_factor(unsigned first, unsigned second) {
    while (second) {
        unsigned rest = first % second;
        first = second;
        second = rest;
    }
    return first != 1;
}

static double number(const char *text, const char *what) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= 0 && value < 1e6))
        die("%s: '%s' is no number from 0 to 1e6", what, text);
    return value;
}

int main(int count, char **arguments) {
    if (count != 6 && (count < 8 || count > 10)) {
        die("usage: bench-floor HOST PORT PATH CONNECTIONS SECONDS [EVERY RAMP [TICK [STRIDE]]]");
    }
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)number(arguments[2], "PORT"));
    if (inet_pton(AF_INET, arguments[1], &address.sin_addr) != 1)
        die("HOST: '%s' is no IPv4 address", arguments[1]);
    connection_count = (int)number(arguments[4], "CONNECTIONS");
    if (connection_count < 1 || connection_count > CONNECTION_LIMIT)
        die("CONNECTIONS: 1 to %d", CONNECTION_LIMIT);
    double seconds = number(arguments[5], "SECONDS");
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n\r\n", arguments[3],
                          arguments[1], arguments[2]);
    if (length < 0 || (size_t)length >= sizeof request) die("PATH: too long");
    request_length = (size_t)length;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    connections = calloc((size_t)connection_count, sizeof *connections);
    if (!connections) die("out of memory");
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0) die("epoll_create1: %s", strerror(errno));
    paced = count >= 8;
    if (paced) {
        double every = number(arguments[6], "EVERY"), ramp = number(arguments[7], "RAMP");
        double tick = count >= 9 ? number(arguments[8], "TICK") : 1e-9;
        double stride = count == 10 ? number(arguments[9], "STRIDE") : 1;
        if (every < 0.001 || tick < 1e-9) die("EVERY: at least 0.001, TICK: at least 1e-9");
        if (shares_factor((unsigned)stride, (unsigned)connection_count)) die("STRIDE: shares a factor with CONNECTIONS");
        run_paced((uint64_t)(seconds * 1e9), (uint64_t)(every * 1e9), (uint64_t)(ramp * 1e9),
                  (uint64_t)(tick * 1e9 + 0.5), (uint64_t)stride);
    } else {
        run_back_to_back(seconds);
    }
    printf("answered %llu, due and not sent %llu\n", (unsigned long long)answered,
           (unsigned long long)unsent);
    return 0;
}
