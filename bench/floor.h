// What both floors share beside their loops: arguments, the request, the head of an answer. A floor defines its name
// in FLOOR_NAME, and _GNU_SOURCE, before it includes this.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/time.h>

enum { CONNECTION_LIMIT = 60000 };
static const uint64_t BODY_LIMIT = UINT64_C(1) << 40;

static struct sockaddr_in address;
static char request[2048];
static size_t request_length;
static int connection_count;
static double run_seconds;
static volatile sig_atomic_t over;

static void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs(FLOOR_NAME ": ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static double number(const char *text, const char *what) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= 0 && value < 1e6)) die("%s: '%s' is no number from 0 to 1e6", what, text);
    return value;
}

/// HOST PORT PATH CONNECTIONS SECONDS, in arguments[1] to [5]; and as many open files as the machine allows.
static void take_arguments(char **arguments) {
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)number(arguments[2], "PORT"));
    if (inet_pton(AF_INET, arguments[1], &address.sin_addr) != 1) die("HOST: '%s' is no IPv4 address", arguments[1]);
    connection_count = (int)number(arguments[4], "CONNECTIONS");
    if (connection_count < 1 || connection_count > CONNECTION_LIMIT) die("CONNECTIONS: 1 to %d", CONNECTION_LIMIT);
    run_seconds = number(arguments[5], "SECONDS");
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n\r\n", arguments[3],
                          arguments[1], arguments[2]);
    if (length < 0 || (size_t)length >= sizeof request) die("PATH: too long");
    request_length = (size_t)length;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void on_alarm(int signal_number) {
    (void)signal_number;
    over = 1;
}

/// Sets `over` once the run's seconds have passed from now on.
static void set_alarm(void) {
    signal(SIGALRM, on_alarm);
    struct itimerval timer = {
        .it_value = {(time_t)run_seconds, (suseconds_t)((run_seconds - (double)(time_t)run_seconds) * 1e6)}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

/// The value of Content-Length in a whole head, or -1 if there is none or it is no number. `closes`, if given, is set
/// if the server sends `Connection: close`.
static int64_t content_length(const char *head, size_t length, uint8_t *closes) {
    static const char name[] = "content-length:", ends[] = "connection: close";
    const char *line = head, *end = head + length;
    int64_t found = -1;
    while (line < end) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        if (!newline) break;
        size_t size = (size_t)(newline - line);
        if ((*line | 0x20) != 'c') {
            line = newline + 1;
            continue;
        }
        if (closes && size >= sizeof ends - 1 && strncasecmp(line, ends, sizeof ends - 1) == 0) *closes = 1;
        if (size >= sizeof name - 1 && strncasecmp(line, name, sizeof name - 1) == 0) {
            const char *digit = line + sizeof name - 1;
            while (*digit == ' ' || *digit == '\t')
                digit++;
            uint64_t value = 0;
            const char *first = digit;
            for (; *digit >= '0' && *digit <= '9'; digit++) {
                value = value * 10 + (uint64_t)(*digit - '0');
                if (value > BODY_LIMIT) return -1;
            }
            found = digit > first && *digit == '\r' ? (int64_t)value : -1;
            if (!closes) return found;
        }
        line = newline + 1;
    }
    return found;
}
