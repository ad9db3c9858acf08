"""The gateways that aren't there: biller, QR payment in Alipay's and WeChat Pay's style, and a
health record.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.clock import Clock
from sim.devices.model import Action
from sim.faults import Faults
from sim.gateways import alipay as _alipay
from sim.gateways import biller as _biller
from sim.gateways import record as _record
from sim.gateways import wechat as _wechat
from sim.gateways.bench import Bench, BillerBench, QrBench, RecordBench
from sim.gateways.certificates import foreign_authority, sandbox_authority
from sim.gateways.relay import CABIN, PhoneBench, RelayHost, StickBench
from sim.gateways.servers import HttpsServer
from sim.gateways.transport import Gateway, World, memory_edge

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["Gateways"]


class Gateways:
    """The sandboxes with one clock, one list of faults and one lock.

    Over HTTPS after `start`, in memory by `wsgi` at any time; both see the same books. Keys and
    certificates live as long as the process; `seed` is there for the contract, nothing that a
    gateway does is left to chance except by `faults`, which has its own. `wall` is the date that
    signatures are made and compared by (seconds since 1970 UTC, the clock's own if not given): a
    simulated clock that runs faster than the kiosk's needs the kiosk's here.
    """

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        directory: Path,
        seed: int = 0,
        *,
        wall: Callable[[], float] | None = None,
    ) -> None:
        del seed
        self._directory = directory
        self._lock = threading.RLock()
        world = World(clock, faults, self._lock, wall or clock.time)
        self.biller = _biller.Biller(world)
        self.alipay = _alipay.Alipay(world)
        self.wechat = _wechat.Wechat(world)
        self.record = _record.Record(world)
        self._gateways: Mapping[str, Gateway] = {
            "biller": self.biller,
            "alipay": self.alipay,
            "wechat": self.wechat,
            "record": self.record,
        }
        self._relay = RelayHost(directory)
        self._benches: Mapping[str, Bench] = {
            "biller": BillerBench(self.biller, faults),
            "qr_payment": QrBench(self.alipay, self.wechat, faults),
            "record": RecordBench(self.record, faults),
            "phone_file": PhoneBench(self._relay, faults),
            "usb_stick": StickBench(directory / "usb_stick", faults),
        }
        self._servers: dict[str, HttpsServer] = {}

    # --- over HTTPS

    def start(self, host: str = "127.0.0.1", ports: Mapping[str, int] | None = None) -> None:
        """Write the keys and answer on `host`; `ports` by gateway name, any free one if absent.

        OSError when a port is taken; nothing runs then.
        """
        if self._servers:
            raise RuntimeError("the gateways are running")
        self.write_keys(self._directory)
        good = sandbox_authority().server_context()
        wrong = foreign_authority().server_context()
        try:
            for name, gateway in self._gateways.items():
                port = (ports or {}).get(name, 0)
                self._servers[name] = HttpsServer(gateway, good, wrong, host, port)
            self._relay.start()
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        """Close; returns when every thread has ended. The books stay."""
        self._relay.stop()
        while self._servers:
            self._servers.popitem()[1].stop()

    @property
    def urls(self) -> dict[str, str]:
        """Base addresses by name, as `cabin.toml` wants them; empty before `start`."""
        urls = {name: server.url for name, server in self._servers.items()}
        if "alipay" in urls:
            urls["alipay"] += "/gateway.do"
        return urls

    def settings(self) -> dict[str, dict[str, object]]:
        """The sections `[gateways.NAME]` of `cabin.toml`; paths are relative to the directory.

        Without `start`, `base_url` names a host that doesn't exist (for use in memory).
        """
        urls = self.urls or {
            "biller": "https://biller.invalid",
            "alipay": "https://alipay.invalid/gateway.do",
            "wechat": "https://wechat.invalid",
            "record": "https://record.invalid",
        }
        sections: dict[str, dict[str, object]] = {}
        for name in self._gateways:
            sections[name] = {
                "base_url": urls[name],
                "ca_file": "ca.pem",
                "private_key": f"keys/{name}_app_private.pem",
                "server_public_key": f"keys/{name}_public.pem",
                "connect_timeout": 3,
                "read_timeout": 10,
            }
        sections["biller"]["app_id"] = _biller.APP_ID
        sections["alipay"]["app_id"] = _alipay.APP_ID
        sections["record"] |= {"app_id": _record.APP_ID, "token_prefix": _record.TOKEN_PREFIX}
        sections["wechat"] |= {
            "app_id": _wechat.APP_ID,
            "mchid": _wechat.MCH_ID,
            "serial_no": _wechat.SERIAL_NO,
            "server_serial": _wechat.SERVER_SERIAL,
            "api_v3_key": "keys/wechat_api_v3.key",
        }
        sections["relay"] = {
            "base_url": self._relay.url,
            "ca_file": "ca.pem",
            "cabin": CABIN,
            "key": "keys/relay.key",
        }
        return sections

    def write_keys(self, directory: Path) -> None:
        """`ca.pem` and `keys/`: what a merchant would have been given (files mode 0600)."""
        keys = directory / "keys"
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        (directory / "ca.pem").write_bytes(sandbox_authority().pem())
        for gateway in (self.biller, self.alipay, self.wechat, self.record):
            _write(keys / f"{gateway.name}_app_private.pem", gateway.app_key.private_pem())
            _write(keys / f"{gateway.name}_public.pem", gateway.server_key.public_pem())
        _write(keys / "wechat_api_v3.key", self.wechat.api_v3_key.encode("ascii"))
        self._relay.write_key(directory)

    # --- in memory

    def wsgi(self, name: str) -> WSGIApplication:
        """The gateway `name` for callers in this process; see `transport` for what it raises."""
        return memory_edge(self._gateways[name])

    # --- for the bench and for audits

    def device_ids(self) -> tuple[str, ...]:
        """What the bench shows of the gateways."""
        return tuple(self._benches)

    def actions(self, device_id: str) -> Mapping[str, Action]:
        """What can be done to `biller` or `qr_payment`, by name."""
        return self._benches[device_id].actions()

    def act(self, device_id: str, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """Do it; the result is for the page. ActionError when it can't be done."""
        with self._lock:
            return self._benches[device_id].act(name, body)

    def state(self, device_id: str) -> dict[str, object]:
        """What the bench shows of it, as JSON values."""
        with self._lock:
            return self._benches[device_id].state()

    def ledger(self) -> dict[str, object]:
        """Every order number that ever arrived, a list by gateway name."""
        return {
            "biller": self.biller.ledger(),
            "alipay": self.alipay.ledger(),
            "wechat": self.wechat.ledger(),
        }


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(content)
