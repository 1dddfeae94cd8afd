"""node_exporter's page of a machine of two cores, one of which is half busy; prints "PORT n".

With a number N only the first N questions are answered, later ones with 500."""

import http.server
import os
import sys
import threading
import time

PAGE = """# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{{cpu="0",mode="idle"}} {idle:.6f}
node_cpu_seconds_total{{cpu="0",mode="user"}} {busy:.6f}
node_cpu_seconds_total{{cpu="1",mode="idle"}} {all:.6f}
node_dmi_info{{product_name="m5.2xlarge",system_vendor="Amazon EC2"}} 1
"""


left = int(sys.argv[1]) if len(sys.argv) > 1 else -1


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        global left
        if left == 0:
            self.send_error(500)
            return
        left -= 1
        now = time.monotonic()
        text = PAGE.format(idle=now / 2, busy=now / 2, all=now).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *words):
        pass


def until_input_ends():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=until_input_ends, daemon=True).start()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
print("PORT", server.server_address[1], flush=True)
server.serve_forever()
