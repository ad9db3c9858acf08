"""`kiosk relay`: the neighbourhood's upload relay. RELAY.md, "Running it"."""

from __future__ import annotations

import argparse
import os
import select
import socket
import stat
import sys
import time
from pathlib import Path

from kiosk.relay.app import Relay
from kiosk.relay.server import RelayServer, serve, server_context
from kiosk.relay.signing import KeyFileError, read_keys
from kiosk.relay.slots import SlotLimits, Slots
from kiosk.signals import END, as_bytes

_LOOPBACK = ("127.0.0.1", "::1")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `relay` to the subcommands of `kiosk`."""
    parser = commands.add_parser("relay", help="the upload relay that the neighbourhood runs")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--listen", metavar="HOST:PORT", help="port 0 picks a free one")
    where.add_argument("--listen-fd", type=int, metavar="N", help="a socket that listens already")
    parser.add_argument("--public-url", metavar="URL", help="what phones call it")
    parser.add_argument("--cert", type=Path, required=True, help="certificate chain (PEM)")
    parser.add_argument("--cert-key", type=Path, required=True, help="its private key (PEM)")
    parser.add_argument("--keys", type=Path, required=True, help="a line a cabin: id and key")
    parser.add_argument("--file-max-mb", type=int, default=20, metavar="N")
    parser.add_argument(
        "--announce",
        action="store_true",
        help="write every address on stdout, for simulations; on the loopback interface only",
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM, SIGINT, or the end of stdin if that is a pipe.

    0: stopped; 1: the address can't be used; 2: wrong arguments or files.
    """
    try:
        keys = read_keys(args.keys)
        context = server_context(args.cert, args.cert_key)
        listener = _listener(args)
    except (KeyFileError, OSError, OverflowError, ValueError) as error:  # overflow: a port
        print(f"kiosk relay: {error}", file=sys.stderr)
        return 2
    host, port = listener.getsockname()[:2]
    if args.announce and host not in _LOOPBACK:
        print("kiosk relay: --announce only on the loopback interface", file=sys.stderr)
        return 2
    url = (args.public_url or f"https://{host}:{port}").rstrip("/")
    slots = Slots(time.monotonic, SlotLimits(file_max=max(1, args.file_max_mb) << 20))
    app = Relay(keys, url, slots, opened=_announce if args.announce else lambda _url: None)
    with as_bytes(*END) as told:
        stop = serve(RelayServer(app, slots, context, (host, port), listener=listener))
        print(f"ready {url}", flush=True)
        _wait(told.fileno())
        stop()
    return 0


def _listener(args: argparse.Namespace) -> socket.socket:
    if args.listen_fd is not None:
        return socket.socket(fileno=args.listen_fd)
    host, _, port = args.listen.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, int(port)), family=family, backlog=64)


def _announce(url: str) -> None:
    print(f"open {url}", flush=True)


def _wait(told: int) -> None:
    poller = select.poll()
    poller.register(told, select.POLLIN)
    if _stdin_is_a_pipe():
        poller.register(0, select.POLLIN)  # our parent holds it: at its death it closes
    while True:
        for descriptor, _ in poller.poll():
            if descriptor == told or not os.read(descriptor, 4096):
                return


def _stdin_is_a_pipe() -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(0).st_mode)
    except OSError:
        return False
