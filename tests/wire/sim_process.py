"""Starts `kiosk sim` as a process of its own, for tests that speak raw bytes to its ports."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

HANDSHAKE = bytes.fromhex("55aa010000000001cc33")
CONFIRM = bytes.fromhex("55aa020000000002cc33")
BEAT = bytes.fromhex("55aa000000000000cc33")
PATIENCE_S = 20.0  # for a condition that is certain to come; no test measures it


class SimProcess:
    """A running simulator: `url` of its bench (no slash at the end), `directory` of its ports."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.directory = directory
        code = "import sys; from sim.main import run; sys.exit(run(sys.argv[1:]))"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "--dir", str(directory), "--bench-port", "0", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            raise RuntimeError(f"no ready line: {line!r} {self.process.communicate()[1]}")
        self.url = line.removeprefix("ready ").strip().rstrip("/")

    def get(self, path: str) -> Any:
        answer = requests.get(self.url + path, timeout=PATIENCE_S)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: object = None) -> requests.Response:
        return requests.post(self.url + path, json=body or {}, timeout=PATIENCE_S)

    def act(self, path: str, **body: object) -> Any:
        answer = self.post(f"/api/devices/{path}", body)
        answer.raise_for_status()
        return answer.json()

    def device(self, device_id: str) -> Any:
        return next(d for d in self.get("/api/devices")["devices"] if d["id"] == device_id)

    def reset(self) -> None:
        """Faults cleared, cables in, paper in, cover closed; the books stay."""
        requests.delete(self.url + "/api/faults", timeout=PATIENCE_S).raise_for_status()
        for device_id in ("terminal", "scanner", "receipt_printer", "biller", "qr_payment"):
            self.act(f"{device_id}/plug")
        for action in ("power_cycle", "paper_in", "cover_close", "clear_jam"):
            self.act(f"receipt_printer/{action}")
        for port in ("terminal", "scanner", "receipt_printer"):
            wait_for((self.directory / port).exists)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode


class RawPort:
    """A port opened with nothing but the operating system."""

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd, termios.TCSANOW)

    def write(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self.fd, data) :]
            except BlockingIOError:
                select.select([], [self.fd], [], PATIENCE_S)

    def read_until(self, enough: Callable[[bytes], object]) -> bytes:
        """Read until `enough(data so far)`; AssertionError when it doesn't come."""
        data = b""
        end = time.monotonic() + PATIENCE_S
        while not enough(data):
            ready, _, _ = select.select([self.fd], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"only {data!r} came"
            chunk = os.read(self.fd, 4096)
            assert chunk, f"the port was closed after {data!r}"
            data += chunk
        return data

    def close(self) -> None:
        os.close(self.fd)


def frame(ack: int, number: int, data: bytes) -> bytes:
    """An ECR Hub data frame, built here a third time on purpose."""
    body = bytes((0, ack, number)) + len(data).to_bytes(2, "big") + data
    check = 0
    for byte in body:
        check ^= byte
    return b"\x55\xaa" + body + bytes((check,)) + b"\xcc\x33"


def order(number: int, order_no: str, amount: str) -> bytes:
    message = {
        "topic": "ecrhub.pay.order",
        "request_id": f"r{number}",
        "app_id": "wz000000000000",
        "biz_data": {"merchant_order_no": order_no, "order_amount": amount, "trans_type": "1"},
    }
    return frame(0, number, json.dumps(message).encode())


@contextmanager
def raw_port(path: Path) -> Iterator[RawPort]:
    port = RawPort(path)
    try:
        yield port
    finally:
        port.close()


def wait_for(condition: Callable[[], object]) -> None:
    """Until the condition holds; AssertionError when it never does."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)
