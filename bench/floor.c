// The floor: the least that one thread can do and still send real requests and read real answers.
//
// N keep-alive connections, GET, epoll edge-triggered. It reads at most 1 KiB of each answer for the head,
// finds the end of the head and Content-Length in it, and lets the kernel drop the rest of the body uncopied:
// recv(fd, NULL, remaining + 1, MSG_TRUNC), where the one byte more shows surplus. It measures no latency,
// keeps no statistics and reads no clock per request: the cost of a load generator above it is the cost of
// measuring. It takes answers while it opens connections, as a load generator must. If it opened all of them first
// and left the answers in the sockets, the requests would be in the order of the sockets in memory, which makes the
// kernel's side cheaper (at 15,000 connections by a tenth).
//
//   bench-floor HOST PORT PATH CONNECTIONS SECONDS                     back to back
//   bench-floor HOST PORT PATH CONNECTIONS SECONDS EVERY RAMP [TICK [STRIDE]]   each user asks every EVERY seconds
//
// Paced, the users connect evenly over RAMP seconds and are then spread evenly over the cycle; requests are
// due at absolute times. As all users have the same cycle, the order of the due times never changes, so the
// plan is a counter, which is cheaper than any heap. SECONDS counts from the end of the ramp. With TICK it
// wakes up for requests at whole ticks only, as clients with millisecond timers do: later than planned, but for
// several requests at once. Users ask in the order in which they connected, or with a stride of STRIDE users. In the
// order of the connections the kernel finds their sockets side by side in memory, on both sides, which is cheaper.
#define _GNU_SOURCE
#define FLOOR_NAME "bench-floor"
#include "floor.h"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    HEAD_READ = 1024,       // first read of an answer: a usual head, and as little of the body as possible
    HEAD_LIMIT = 16 * 1024, // a head longer than this ends the run
    BATCH = 512,            // events taken per return of epoll
    OPENED_PER_TURN = 128,  // connections opened before answers are taken again
};

struct connection {
    int fd;
    uint32_t head_used; // bytes in `head`; 0 in all but the rare case of a head in pieces
    uint32_t owed;      // paced: requests that became due while an answer was outstanding
    uint8_t busy;       // a request is outstanding
    uint8_t in_body;
    uint64_t remaining;
    char *head; // only if a head came in pieces
};

static struct connection *connections;
static int poller;
static uint64_t answered, unsent;
static int paced;

static uint64_t now_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
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

/// Reads the head; true if its body has begun and more of it may be in the socket.
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
    int64_t length = content_length(buffer, head_length, NULL);
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
    return got == (ssize_t)room; // a short read has emptied the socket: the next edge reports more
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

static void run_back_to_back(void) {
    static const struct timespec at_once;
    for (int i = 0; i < connection_count; i++) {
        open_connection(i);
        if (i % OPENED_PER_TURN == OPENED_PER_TURN - 1) take_events(&at_once);
    }
    set_alarm();
    while (!over)
        take_events(NULL);
}

/// When the `index`-th request of all users is due: exact, so that nothing drifts.
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
                uint64_t users = (unsigned)connection_count;
                struct connection *c = &connections[next++ % users * stride % users];
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

/// With a stride that shares a factor with the number of users, some users would never ask.
static int shares_factor(unsigned first, unsigned second) {
    while (second) {
        unsigned rest = first % second;
        first = second;
        second = rest;
    }
    return first != 1;
}

int main(int count, char **arguments) {
    if (count != 6 && (count < 8 || count > 10)) {
        die("usage: bench-floor HOST PORT PATH CONNECTIONS SECONDS [EVERY RAMP [TICK [STRIDE]]]");
    }
    take_arguments(arguments);
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
        if (shares_factor((unsigned)stride, (unsigned)connection_count))
            die("STRIDE: shares a factor with CONNECTIONS");
        run_paced((uint64_t)(run_seconds * 1e9), (uint64_t)(every * 1e9), (uint64_t)(ramp * 1e9),
                  (uint64_t)(tick * 1e9 + 0.5), (uint64_t)stride);
    } else {
        run_back_to_back();
    }
    printf("answered %llu, due and not sent %llu\n", (unsigned long long)answered,
           (unsigned long long)unsent);
    return 0;
}
