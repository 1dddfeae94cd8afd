/// What the kernel knows of a TCP connection: when bytes came, and what was sent and acknowledged.
#ifndef HEADROOM_CLINUX_TRANSPORT_H
#define HEADROOM_CLINUX_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

/// Asks the kernel to stamp what this socket receives; 0, or -1 with errno.
int linux_stamp_receives(int fd);

/// recvmsg(2) with room for the stamp: `stamp` is when the last byte taken came in, in nanoseconds of
/// CLOCK_REALTIME, or 0 where the kernel gave none. With MSG_TRUNC `buffer` may be NULL.
long linux_receive_stamped(int fd, void *buffer, size_t capacity, int flags, uint64_t *stamp);

/// Of struct tcp_info what is used, under names of its own.
struct linux_transport_info {
    /// 1 is TCP_ESTABLISHED, 8 TCP_CLOSE_WAIT: the peer ended its side.
    uint8_t state;
    uint64_t segments_sent;
    uint64_t segments_retransmitted;
    /// Payload, and 1 once the peer's FIN came.
    uint64_t bytes_received;
    /// Payload, and 1 for the SYN.
    uint64_t bytes_acknowledged;
    /// Payload, what was sent again counted again.
    uint64_t bytes_sent;
    /// Payload that waits to be read.
    uint64_t unread;
};

/// TCP_INFO and the length of the receive queue, at one moment; 0, or -1 with errno, which is EAGAIN where
/// something came in meanwhile.
int linux_transport_info(int fd, struct linux_transport_info *info);

/// The smoothed round-trip time of a connection in microseconds, and how many milliseconds ago its last acknowledgement
/// came; also of one that the peer has ended. -1 with errno.
int linux_end_info(int fd, uint32_t *round_trip, uint32_t *last_ack);

#endif
