"""What stands at the demo's address until the demo does: a page that says it will not be long."""

from __future__ import annotations

import errno
import http.server
import socket
import socketserver
import threading
from typing import Self

from bot.demo.errors import PortTakenError, PortUnusableError

HOST = "127.0.0.1"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Taleloom is getting ready</title>
<style>body{font:1.1rem/1.6 system-ui,sans-serif;background:#313338;color:#dbdee1;display:grid;place-content:center;
min-height:90vh;text-align:center}small{color:#949ba4}</style></head>
<body><p><strong>Taleloom is getting ready…</strong><br>正在准备……</p>
<small>The first start fetches a small language model (100 MB). This page goes on by itself.<br>
首次启动要下载一个小型语言模型（100 MB），完成后页面会自动打开。</small>
<script>
async function look() {
  try {
    if ((await fetch("/", {cache: "no-store"})).ok) { location.reload(); return; }
  } catch (error) { /* the demo was ended; it may come back */ }
  setTimeout(look, 500);
}
look();
</script></body></html>
""".encode()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class names it
        """Say nothing: every waiting tab asks twice a second."""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


class HoldingPage:
    """Takes a port of this machine and answers there with 503 and a page, until closed.

    Args:
        port: The port.
        or_any: Take a free one if it is in use.

    Raises:
        PortTakenError: the port is in use.
        PortUnusableError: the port cannot be taken for another reason, such as that it is the administrator's.
    """

    def __init__(self, port: int, *, or_any: bool = False) -> None:
        try:
            self._server = _Server((HOST, port), _Handler)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise PortUnusableError(port=port, reason=error.strerror) from None
            if not or_any:
                raise PortTakenError(port=port) from None
            self._server = _Server((HOST, 0), _Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="holding page", daemon=True
        )
        self._thread.start()

    def hand_over(self) -> socket.socket:
        """Answer no more, and give the socket: who asks meanwhile waits, and is answered by whoever listens next."""
        self._server.shutdown()
        self._thread.join()
        return self._server.socket

    def close(self) -> None:
        """Give the port free, whoever listens there."""
        self.hand_over()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
