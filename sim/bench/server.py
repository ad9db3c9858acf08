"""Serves the bench on 127.0.0.1, a thread for each request."""

from __future__ import annotations

import logging
import threading

from flask import Flask
from werkzeug.serving import make_server


class BenchServer:
    """OSError when the port is taken; port 0 picks a free one."""

    def __init__(self, app: Flask, port: int, host: str = "127.0.0.1") -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        try:
            self._server = make_server(host, port, app, threaded=True)
        except SystemExit as stop:  # how werkzeug tells that the port is taken
            raise OSError("the port is in use") from stop
        self.url = f"http://{host}:{self._server.server_port}/"
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="bench", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(5.0)
        self._server.server_close()
