// The TLS floor: the least that one thread can do over OpenSSL and still send real requests and read real answers.
//
// N keep-alive connections, GET, epoll edge-triggered, one SSL object each. It finds the end of the head and
// Content-Length, counts the bytes that follow and does not read them. It verifies no certificate, measures no latency
// and reads no clock per request: the cost of a load generator above it is the cost of verifying and measuring. If the
// server sends `Connection: close`, it connects and does a new handshake: that is how handshakes are measured.
//
//   bench-floor-tls HOST PORT PATH CONNECTIONS SECONDS [socket|shared|memory|plain]
//
// How ciphertext gets from the socket into OpenSSL:
//   socket  OpenSSL's socket BIO with read-ahead and a read buffer of 64 KiB, given back when empty (the default)
//   shared  one BIO for all connections over one receive buffer of the thread: recv(2) takes all that is there, OpenSSL
//           takes what it needs; a partial record waits in OpenSSL's own buffer
//   memory  a pair of memory BIOs for each connection, filled from one receive buffer
//   plain   OpenSSL's socket BIO as it comes: two recv(2) per record
#define _GNU_SOURCE
#define FLOOR_NAME "bench-floor-tls"
#include "floor.h"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READ_BUFFER = 64 * 1024,  // ciphertext taken in one call
    PLAINTEXT = 64 * 1024,    // room for the result of one SSL_read: a record, 16 KiB at most
    HEAD_LIMIT = 16 * 1024,   // a head longer than this ends the run
    BATCH = 512,              // events taken per return of epoll
};

struct connection {
    int fd;
    SSL *ssl;
    uint8_t established;
    uint8_t in_body;
    uint8_t closes; // the server ends the connection after this answer
    uint64_t remaining;
};

/// The state of the shared BIO: the socket of the current connection, and the bytes received for it.
static struct {
    int fd;
    size_t start, end;
    int is_ended;
    char bytes[READ_BUFFER];
} channel;

static enum { SOCKET, SHARED, MEMORY, PLAIN } mode;
static struct connection *connections;
static int poller;
static SSL_CTX *context;
static BIO *shared;
static uint64_t answered, handshakes;

static void die_of_openssl(const char *what) {
    char text[256] = "no reason given";
    unsigned long code = ERR_get_error();
    if (code) ERR_error_string_n(code, text, sizeof text);
    die("%s: %s", what, text);
}

static int shared_read(BIO *bio, char *into, size_t wanted, size_t *got) {
    BIO_clear_retry_flags(bio);
    if (channel.start == channel.end) {
        ssize_t count = recv(channel.fd, channel.bytes, READ_BUFFER, MSG_DONTWAIT);
        if (count <= 0) {
            channel.is_ended = count == 0;
            if (count < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
            return 0;
        }
        channel.start = 0;
        channel.end = (size_t)count;
    }
    size_t have = channel.end - channel.start;
    *got = wanted < have ? wanted : have;
    memcpy(into, channel.bytes + channel.start, *got);
    channel.start += *got;
    return 1;
}

static int shared_write(BIO *bio, const char *bytes, size_t count, size_t *written) {
    BIO_clear_retry_flags(bio);
    ssize_t sent = send(channel.fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno == EAGAIN || errno == EINTR) BIO_set_retry_write(bio);
        return 0;
    }
    *written = (size_t)sent;
    return 1;
}

static long shared_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : command == BIO_CTRL_EOF ? channel.is_ended : 0;
}

static BIO *make_shared_bio(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "shared");
    if (!method || !BIO_meth_set_read_ex(method, shared_read) || !BIO_meth_set_write_ex(method, shared_write)
        || !BIO_meth_set_ctrl(method, shared_control))
        die_of_openssl("BIO_meth_new");
    BIO *bio = BIO_new(method);
    if (!bio) die_of_openssl("BIO_new");
    BIO_set_init(bio, 1);
    return bio;
}

/// Memory BIOs: sends what OpenSSL has written.
static void drain_memory(struct connection *c) {
    char *bytes;
    BIO *out = SSL_get_wbio(c->ssl);
    long count = BIO_get_mem_data(out, &bytes);
    if (count <= 0) return;
    if (send(c->fd, bytes, (size_t)count, MSG_DONTWAIT | MSG_NOSIGNAL) != count) die("send: %s", strerror(errno));
    (void)BIO_reset(out);
}

/// Memory BIOs: receives the bytes that are there; false if there are none.
static int fill_memory(struct connection *c) {
    ssize_t count = recv(c->fd, channel.bytes, READ_BUFFER, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (count <= 0) die("the server closed a connection: %s", count ? strerror(errno) : "end of stream");
    if (BIO_write(SSL_get_rbio(c->ssl), channel.bytes, (int)count) != count) die_of_openssl("BIO_write");
    return 1;
}

static void ask(struct connection *c) {
    channel.fd = c->fd;
    if (SSL_write(c->ssl, request, (int)request_length) != (int)request_length) die_of_openssl("SSL_write");
    if (mode == MEMORY) drain_memory(c);
}

static void open_connection(struct connection *c) {
    memset(c, 0, sizeof *c);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0) die("socket: %s", strerror(errno));
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0) die("connect: %s", strerror(errno));
    c->ssl = SSL_new(context);
    if (!c->ssl) die_of_openssl("SSL_new");
    SSL_set_connect_state(c->ssl);
    if (mode == SHARED) {
        BIO_up_ref(shared);
        SSL_set_bio(c->ssl, shared, shared);
    } else if (mode == MEMORY) {
        SSL_set_bio(c->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    } else {
        if (SSL_set_fd(c->ssl, c->fd) != 1) die_of_openssl("SSL_set_fd");
        if (ioctl(c->fd, FIONBIO, &one) != 0) die("FIONBIO: %s", strerror(errno));
    }
    struct epoll_event interest = {.events = EPOLLIN | EPOLLET, .data.u32 = (uint32_t)(c - connections)};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &interest) != 0) die("epoll_ctl: %s", strerror(errno));
}

static void close_connection(struct connection *c) {
    channel.fd = c->fd;
    SSL_free(c->ssl);
    close(c->fd);
    channel.start = channel.end = 0;
}

/// Does the handshake as far as it goes; true once it is over.
static int shake_hands(struct connection *c) {
    channel.fd = c->fd;
    for (;;) {
        int result = SSL_do_handshake(c->ssl);
        if (mode == MEMORY) drain_memory(c);
        if (result == 1) break;
        if (SSL_get_error(c->ssl, result) != SSL_ERROR_WANT_READ) die_of_openssl("handshake");
        if (mode != MEMORY || !fill_memory(c)) return 0;
    }
    handshakes++;
    c->established = 1;
    ask(c);
    return 1;
}

/// Takes plaintext; true if an answer is complete.
static int take(struct connection *c, const char *bytes, size_t count) {
    if (!c->in_body) {
        const char *end = memmem(bytes, count, "\r\n\r\n", 4);
        if (!end) die("a head in pieces, or longer than %d bytes", HEAD_LIMIT);
        size_t head_length = (size_t)(end - bytes) + 4;
        if (count < 12 || memcmp(bytes, "HTTP/1.1 200", 12) != 0) die("no 200: %.20s", bytes);
        int64_t length = content_length(bytes, head_length, &c->closes);
        if (length < 0) die("no usable Content-Length");
        c->remaining = (uint64_t)length;
        c->in_body = 1;
        count -= head_length;
    }
    if (count > c->remaining) die("bytes after the answer");
    c->remaining -= count;
    if (c->remaining) return 0;
    c->in_body = 0;
    answered++;
    return 1;
}

static void readable(struct connection *c) {
    static char plaintext[PLAINTEXT];
    if (!c->established && !shake_hands(c)) return;
    channel.fd = c->fd;
    for (;;) {
        size_t got = 0;
        if (SSL_read_ex(c->ssl, plaintext, sizeof plaintext, &got) != 1) {
            if (SSL_get_error(c->ssl, 0) != SSL_ERROR_WANT_READ) die_of_openssl("SSL_read");
            if (mode != MEMORY || !fill_memory(c)) return;
            continue;
        }
        if (!take(c, plaintext, got)) continue;
        if (c->closes) {
            close_connection(c);
            open_connection(c);
            shake_hands(c);
            return;
        }
        ask(c);
    }
}

static void run(void) {
    static struct epoll_event events[BATCH];
    for (int i = 0; i < connection_count; i++) {
        open_connection(&connections[i]);
        shake_hands(&connections[i]);
    }
    set_alarm();
    while (!over) {
        int count = epoll_wait(poller, events, BATCH, -1);
        if (count < 0 && errno != EINTR) die("epoll_wait: %s", strerror(errno));
        for (int i = 0; i < count; i++)
            readable(&connections[events[i].data.u32]);
    }
}

static void prepare_context(void) {
    context = SSL_CTX_new(TLS_client_method());
    if (!context) die_of_openssl("SSL_CTX_new");
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    if (mode == SOCKET) {
        SSL_CTX_set_read_ahead(context, 1);
        SSL_CTX_set_default_read_buffer_len(context, READ_BUFFER);
    }
    if (mode == SHARED) shared = make_shared_bio();
}

int main(int count, char **arguments) {
    static const char *const names[] = {"socket", "shared", "memory", "plain"};
    if (count != 6 && count != 7) die("usage: bench-floor-tls HOST PORT PATH CONNECTIONS SECONDS [socket|shared|memory|plain]");
    if (count == 7) {
        int known = 0;
        for (int i = 0; i < 4; i++)
            if (strcmp(arguments[6], names[i]) == 0) mode = i, known = 1;
        if (!known) die("'%s' is none of socket, shared, memory and plain", arguments[6]);
    }
    take_arguments(arguments);
    connections = calloc((size_t)connection_count, sizeof *connections);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (!connections || poller < 0) die("no memory or no epoll: %s", strerror(errno));
    prepare_context();
    run();
    printf("answered %llu, handshakes %llu\n", (unsigned long long)answered, (unsigned long long)handshakes);
    return 0;
}
