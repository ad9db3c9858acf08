"""The upload relay, and what people bring: a phone with files, a USB stick.

The relay is no machine of somebody else's whose protocol could be misread: it is the project's own
server. So the simulator runs the real one, `kiosk relay`, as a process of its own; a twin would be
a second relay to keep right. It starts when somebody first knocks: a cabin in which nobody sends a
file pays nothing for it. The phone speaks HTTPS to it as a browser does.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import select
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from sim.devices.model import Action, ActionError
from sim.faults import Faults
from sim.files import SAMPLES
from sim.gateways.bench import Bench
from sim.gateways.certificates import sandbox_authority

_Act = Callable[[Mapping[str, object]], dict[str, object]]
CABIN = "3801"
_HOST = "127.0.0.1"
_UPLOAD_S = 30.0
_END_S = 10.0


class RelayHost:
    """Keeps `kiosk relay` running on a port of ours. `urls`: the addresses opened, oldest first."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = secrets.token_hex(32)
        self._port = 0
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._stopping = -1
        self.urls: list[str] = []

    def write_key(self, directory: Path) -> None:
        """The key that cabin and relay share, as the kiosk wants it (mode 0600)."""
        _private(directory / "keys" / "relay.key", self._key.encode())

    @property
    def url(self) -> str:
        """The relay's address; of a host that doesn't exist before the first start."""
        return f"https://{_HOST}:{self._port}" if self._port else "https://relay.invalid"

    @property
    def reachable(self) -> bool:
        return self._listener is not None

    def start(self) -> None:
        """Listen. OSError when the port that it had before is taken."""
        if self._listener is not None:
            return
        self._listener = socket.create_server((_HOST, self._port), backlog=64)
        self._port = self._listener.getsockname()[1]
        folder = self._directory / "relay"
        folder.mkdir(mode=0o700, exist_ok=True)
        _private(folder / "server.pem", sandbox_authority().server_pem())
        _private(folder / "keys", f"{CABIN} {self._key}\n".encode())
        told, self._stopping = os.pipe()
        self._thread = threading.Thread(
            target=self._keep, args=(self._listener, told), name="sim-relay", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End the process and close the port: nobody answers there now."""
        if self._listener is None or self._thread is None:
            return
        os.close(self._stopping)
        self._thread.join()
        self._listener.close()
        self._listener = self._thread = None
        self.urls.clear()

    def _keep(self, listener: socket.socket, told: int) -> None:
        """Start the process when somebody knocks, and again should it end."""
        try:
            knocking = listener.fileno()
            while told not in select.select([knocking, told], [], [])[0]:
                if self._run(listener, told) and select.select([knocking], [], [], 0)[0]:
                    listener.accept()[0].close()  # it can't start: whoever knocks learns that
        finally:
            os.close(told)

    def _run(self, listener: socket.socket, told: int) -> int:
        """Run it until it ends or we are told to stop; its exit code."""
        pem = self._directory / "relay" / "server.pem"
        command = [sys.executable, "-m", "kiosk.main", "relay", "--announce"]
        command += ["--listen-fd", str(listener.fileno()), "--cert", str(pem)]
        command += ["--cert-key", str(pem), "--keys", str(self._directory / "relay" / "keys")]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # which ends it when we die
            stdout=subprocess.PIPE,
            pass_fds=(listener.fileno(),),
            start_new_session=True,
        ) as process:
            assert process.stdout is not None  # made with a pipe
            lines, said = b"", process.stdout.fileno()
            while told not in select.select([said, told], [], [])[0]:
                data = os.read(said, 4096)
                if not data:
                    break
                *whole, lines = (lines + data).split(b"\n")
                self.urls += [x[5:].decode() for x in whole if x.startswith(b"open ")]
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_END_S)
            process.kill()
            return process.wait()


def upload(url: str, name: str, data: bytes, ca: bytes) -> int:
    """What a phone's browser does with the page's form; the HTTP status. OSError."""
    parts = urlsplit(url)
    boundary = f"----{secrets.token_hex(12)}"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode() + data
    body += f"\r\n--{boundary}--\r\n".encode()
    context = ssl.create_default_context(cadata=ca.decode())
    connection = http.client.HTTPSConnection(
        parts.hostname or "", parts.port, timeout=_UPLOAD_S, context=context
    )
    try:
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        connection.request("POST", parts.path, body, headers)
        return connection.getresponse().status
    except http.client.HTTPException as error:
        raise OSError(type(error).__name__) from error
    finally:
        connection.close()


class PhoneBench(Bench):
    """Somebody who has scanned the upload code on the kiosk's screen."""

    device_id = "phone_file"
    offered: ClassVar[Mapping[str, Action]] = {
        name: Action(f"传{zh}", f"send {en}") for name, (_, zh, en, _) in SAMPLES.items()
    }

    def __init__(self, relay: RelayHost, faults: Faults) -> None:
        super().__init__(faults)
        self._relay = relay
        self._said = ""

    def _acts(self) -> Mapping[str, _Act]:
        return {}

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """`plug` and `unplug`: the relay's own cable. Else: a sample goes to the newest code."""
        del body
        if name == "plug":
            self._relay.start()
            return {}
        if name == "unplug":
            self._relay.stop()
            return {}
        if name not in SAMPLES:
            raise ActionError(f"{self.device_id} has no action {name}")
        if not self._relay.urls:
            raise ActionError("no upload code is on the kiosk's screen")
        file, _, _, make = SAMPLES[name]
        try:
            status = upload(self._relay.urls[-1], file, make(), sandbox_authority().pem())
        except OSError as error:
            raise ActionError(f"the relay doesn't answer: {error}") from error
        self._said = f"{status}"
        return {"status": status}

    def state(self) -> dict[str, object]:
        return {
            "reachable": self._relay.reachable,
            "codes": len(self._relay.urls),
            "answer": self._said,
        }


class StickBench(Bench):
    """Somebody's USB stick: a folder that is there while it is plugged in."""

    device_id = "usb_stick"

    def __init__(self, folder: Path, faults: Faults) -> None:
        super().__init__(faults)
        self._folder = folder

    def _acts(self) -> Mapping[str, _Act]:
        return {}

    def actions(self) -> Mapping[str, Action]:
        there = self._folder.is_dir()
        return (
            {"unplug": Action("拔U盘", "pull")} if there else {"plug": Action("插U盘", "plug in")}
        )

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """`plug`: with all sample files; `unplug`: at once, whoever reads."""
        del body
        if name == "unplug":
            shutil.rmtree(self._folder, ignore_errors=True)
            return {}
        if name != "plug":
            raise ActionError(f"{self.device_id} has no action {name}")
        fresh = self._folder.with_name(f".{self._folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        (fresh / "照片").mkdir(parents=True)
        for file, _, _, make in SAMPLES.values():
            folder = fresh / "照片" if file.endswith(".jpg") else fresh
            (folder / file).write_bytes(make())
        shutil.rmtree(self._folder, ignore_errors=True)
        fresh.rename(self._folder)
        return {}

    def state(self) -> dict[str, object]:
        files = sorted(x.name for x in self._folder.rglob("*") if x.is_file())
        return {"plugged": self._folder.is_dir(), "files": " ".join(files)}


def _private(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(content)
