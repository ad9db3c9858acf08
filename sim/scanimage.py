"""A program that speaks scanimage's command line and asks the simulated scanner.

Run as `python -IS scanimage.py ADDRESS …` with scanimage's own arguments behind it; ADDRESS is the
file in which the scanner's loopback address stands while its cable is plugged in. Nothing but the
standard library, and little of it: it starts as quickly as the real one.
"""

import json
import os
import signal
import socket
import sys

ANSWER_S = 3.0
"""Whoever has the scanner now has it for longer than this: it is busy then."""


def main(address: str, arguments: list[str]) -> int:
    """Run it; the exit code, scanimage's own."""
    name = arguments[arguments.index("-d") + 1] if "-d" in arguments[:-1] else "?"
    try:
        with open(address, encoding="ascii") as file:  # noqa: PTH123 (pathlib starts slowly)
            host, _, port = file.read().strip().removeprefix("tcp://").rpartition(":")
        line = socket.create_connection((host, int(port)), ANSWER_S)
    except (OSError, ValueError):
        print(f"scanimage: open of device {name} failed: Invalid argument", file=sys.stderr)
        return 1
    line.settimeout(None)
    signal.signal(signal.SIGTERM, lambda *_: _stopped(line))
    try:
        line.sendall(json.dumps({"argv": arguments}).encode("utf-8") + b"\n")
        return _heard(line)
    except OSError:
        print("scanimage: sane_read: Error during device I/O", file=sys.stderr)
        return 9


def _heard(line: socket.socket) -> int:
    while True:
        head = _exactly(line, 5)
        content = _exactly(line, int.from_bytes(head[1:], "big"))
        if head[:1] == b"X":
            return int(content)
        to = 1 if head[:1] == b"O" else 2
        while content:
            content = content[os.write(to, content) :]
        line.sendall(b"+")


def _exactly(line: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = line.recv(count - len(data))
        if not more:
            raise OSError("hung up")
        data += more
    return data


def _stopped(line: socket.socket) -> None:
    """SIGTERM: let the carriage go home, and end as a program that was told to."""
    try:
        line.sendall(b"!")
    finally:
        os._exit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
