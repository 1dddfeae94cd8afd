"""One nginx with one worker on one core, and its own counts: requests, connections, CPU."""

import os
import re
import socket
import subprocess
import time

START_LIMIT_SECONDS = 5
KINDS = ("plain", "tls", "fresh", "h2c")  # of ports
CIPHER_SUITE = "TLS_AES_128_GCM_SHA256"  # the only one, so that all clients have the same cost
PORT_ATTEMPTS = 5  # another process may take the port between the check and nginx's bind
WORKER_CONNECTIONS = 18_000  # 15,000 users, nginx's own files, and room for connections being closed
REPLY_LIMIT_SECONDS = 30  # a worker that serves 15,000 connections answers late, not never


class NginxError(Exception):
    """nginx could not be started or does not answer."""


class Nginx:
    """A server of files of given sizes on a free port of the loopback."""

    def __init__(self, work, core, sizes, tls=False):
        self.work = work
        self.has_tls = tls
        self.certificate = os.path.join(work, "cert.pem")
        if tls:
            self._make_certificate()
        self.root = os.path.join(work, "www")
        os.makedirs(self.root, mode=0o755, exist_ok=True)
        for size in sizes:
            with open(os.path.join(self.root, str(size)), "wb") as body:
                body.write(os.urandom(size))
        for _ in range(PORT_ATTEMPTS):
            self.ports = {kind: free_port() for kind in KINDS}
            self.port = self.ports["plain"]
            if self._start(core):
                break
        else:
            raise NginxError("nginx did not start: " + self._last_error())
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as children:
            self.worker = int(children.read().split()[0])
        self._status_socket = None

    def _start(self, core):
        configuration = os.path.join(self.work, "nginx.conf")
        with open(configuration, "w") as file:
            file.write(
                CONFIGURATION.format(
                    work=self.work,
                    root=self.root,
                    port=self.port,
                    h2c=self.ports["h2c"],
                    connections=WORKER_CONNECTIONS,
                    tls=(
                        TLS.format(
                            work=self.work,
                            root=self.root,
                            tls=self.ports["tls"],
                            fresh=self.ports["fresh"],
                            suite=CIPHER_SUITE,
                        )
                        if self.has_tls
                        else ""
                    ),
                )
            )
        self.process = subprocess.Popen(
            ["taskset", "-c", str(core), "nginx", "-e", f"{self.work}/error.log", "-c", configuration],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_LIMIT_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.05)
        self.stop()
        return False

    def _make_certificate(self):
        """ECDSA P-256, signed by itself, for the loopback."""
        done = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
            + ["-keyout", os.path.join(self.work, "key.pem"), "-out", self.certificate, "-days", "2"]
            + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise NginxError("openssl made no certificate: " + done.stderr.strip()[-200:])

    def _last_error(self):
        try:
            with open(f"{self.work}/error.log") as log:
                return log.read().strip().splitlines()[-1].replace(self.work, "…")
        except (OSError, IndexError):
            return "it left no message"

    def path(self, size):
        return f"/{size}"

    def url(self, size, kind="plain"):
        """The address of the file of `size` bytes, in clear text, over TLS, over TLS with a new handshake each, or as h2c."""
        scheme = "http" if kind in ("plain", "h2c") else "https"
        return f"{scheme}://127.0.0.1:{self.ports[kind]}/{size}"

    def status(self):
        """Requests served, including this one, and connections open, without this one."""
        # It keeps one connection, because a new one would wait behind every busy connection to be accepted.
        for attempt in (1, 2):
            try:
                if self._status_socket is None:
                    self._status_socket = socket.create_connection(
                        ("127.0.0.1", self.port), REPLY_LIMIT_SECONDS
                    )
                self._status_socket.sendall(b"GET /status HTTP/1.1\r\nHost: bench\r\n\r\n")
                reply = b""
                while not re.search(rb"Waiting: \d+ *\r?\n", reply):
                    piece = self._status_socket.recv(4096)
                    if not piece:
                        raise OSError("nginx closed the status connection")
                    reply += piece
                break
            except OSError as error:
                self._status_socket = None
                if attempt == 2:
                    raise NginxError(f"nginx does not tell its status: {error}") from error
        text = reply.decode("ascii", "replace")
        active = re.search(r"Active connections: (\d+)", text)
        counts = re.search(r"\n *(\d+) +(\d+) +(\d+)", text)
        return int(counts.group(3)), int(active.group(1)) - 1

    def cpu_nanoseconds(self):
        """CPU time of the worker so far."""
        return thread_cpu_nanoseconds(f"/proc/{self.worker}/schedstat")

    def wait_until_idle(self, limit_seconds=15):
        """Waits until the connections of the last client are gone."""
        deadline = time.monotonic() + limit_seconds
        while self.status()[1] > 0 and time.monotonic() < deadline:
            time.sleep(0.1)

    def stop(self):
        """Ends nginx and waits for it."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port():
    """A port of the loopback without a listener."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def thread_cpu_nanoseconds(path):
    """The first field of a schedstat file: time on a CPU, in nanoseconds."""
    with open(path) as file:
        return int(file.read().split()[0])


CONFIGURATION = """
daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid {work}/nginx.pid; error_log {work}/error.log;
events {{ worker_connections {connections}; multi_accept on; }}
http {{
    access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; open_file_cache max=100;
    keepalive_requests 1000000000; keepalive_timeout 600s; default_type application/octet-stream;
    client_body_temp_path {work}/b; proxy_temp_path {work}/p; fastcgi_temp_path {work}/f;
    uwsgi_temp_path {work}/u; scgi_temp_path {work}/s;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        root {root};
        location = /status {{ stub_status; }}
    }}
    server {{ listen 127.0.0.1:{h2c} http2 backlog=4096; root {root}; }}
    {tls}
}}
"""

# On the second port each connection ends with its answer, and no session is resumed: a handshake per request.
TLS = """
    ssl_certificate {work}/cert.pem; ssl_certificate_key {work}/key.pem; ssl_protocols TLSv1.3;
    ssl_conf_command Ciphersuites {suite}; ssl_session_tickets off; ssl_session_cache off;
    server {{ listen 127.0.0.1:{tls} ssl backlog=4096; root {root}; }}
    server {{ listen 127.0.0.1:{fresh} ssl backlog=4096; root {root}; keepalive_timeout 0; }}
"""
