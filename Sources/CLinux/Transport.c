// Apart from CLinux.c: the kernel's own linux/tcp.h has the whole of tcp_info, and clashes with glibc's.
#include <errno.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "CLinuxTransport.h"

int linux_stamp_receives(int fd) {
    int flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags);
}

long linux_receive_stamped(int fd, void *buffer, size_t capacity, int flags, uint64_t *stamp) {
    // One SCM_TIMESTAMPING message: software, (unused), hardware.
    union {
        char bytes[CMSG_SPACE(3 * sizeof(struct timespec))];
        struct cmsghdr align;
    } control;
    struct iovec piece = {.iov_base = buffer, .iov_len = capacity};
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    *stamp = 0;
    ssize_t count = recvmsg(fd, &message, flags);
    if (count <= 0) return count;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPING &&
        header->cmsg_len >= CMSG_LEN(sizeof(struct timespec))) {
        struct timespec at;
        memcpy(&at, CMSG_DATA(header), sizeof at);
        *stamp = (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
    }
    return count;
}

static int transport_info(int fd, struct tcp_info *info) {
    socklen_t length = sizeof *info;
    memset(info, 0, sizeof *info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &length) != 0) return -1;
    // Kernels before 4.19 fill less.
    if (length < offsetof(struct tcp_info, tcpi_bytes_retrans) + sizeof info->tcpi_bytes_retrans) {
        errno = ENOTSUP;
        return -1;
    }
    return 0;
}

int linux_end_info(int fd, uint32_t *round_trip, uint32_t *last_ack) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
    // It comes behind the other.
    if (length < offsetof(struct tcp_info, tcpi_rtt) + sizeof info.tcpi_rtt) return -1;
    *round_trip = info.tcpi_rtt;
    *last_ack = info.tcpi_last_ack_recv;
    return 0;
}

int linux_transport_info(int fd, struct linux_transport_info *info) {
    struct tcp_info found, again;
    int unread = 0;
    if (transport_info(fd, &found) != 0 || ioctl(fd, SIOCINQ, &unread) != 0) return -1;
    if (transport_info(fd, &again) != 0) return -1;
    // Something came between the two: they would not add up.
    if (again.tcpi_bytes_received != found.tcpi_bytes_received) {
        errno = EAGAIN;
        return -1;
    }
    info->state = found.tcpi_state;
    info->segments_sent = found.tcpi_segs_out;
    info->segments_retransmitted = found.tcpi_total_retrans;
    info->bytes_received = found.tcpi_bytes_received;
    info->bytes_acknowledged = found.tcpi_bytes_acked;
    info->bytes_sent = found.tcpi_bytes_sent;
    info->unread = unread < 0 ? 0 : (uint64_t)unread;
    return 0;
}
