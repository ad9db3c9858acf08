"""Builds the gateways from the settings. Nothing is read or sent before the first call."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.gateways.alipay import AlipayQr
from kiosk.gateways.alipay_wire import AlipayGateway
from kiosk.gateways.biller import HttpBiller
from kiosk.gateways.http import HttpClient
from kiosk.gateways.record import HealthRecord, HttpRecord
from kiosk.gateways.settings import AlipaySettings, BillerSettings, RecordSettings, WechatSettings
from kiosk.gateways.signed import SignedCalls
from kiosk.gateways.signing import Signer, Verifier, random_hex
from kiosk.gateways.types import Biller, QrPayment
from kiosk.gateways.wechat import WechatQr
from kiosk.gateways.wechat_wire import Merchant, WechatGateway

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter


@dataclass(frozen=True, slots=True)
class Outside:
    """What a gateway takes from outside; tests and virtual time put their own in.

    `adapter` makes a requests transport instead of the network (`transport.WsgiAdapter`).
    """

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    nonce: Callable[[], str] = random_hex
    adapter: Callable[[], BaseAdapter] | None = None


REAL = Outside()

_Any = BillerSettings | AlipaySettings | WechatSettings | RecordSettings


def _client(settings: _Any, outside: Outside) -> HttpClient:
    return HttpClient(
        settings.base_url,
        settings.ca_file,
        settings.connect_timeout,
        settings.read_timeout,
        adapter=outside.adapter,
        monotonic=outside.monotonic,
    )


def make_biller(settings: BillerSettings, outside: Outside = REAL) -> Biller:
    """Raises ValueError if the address is not https."""
    return HttpBiller(
        _client(settings, outside),
        settings.app_id,
        Signer(settings.private_key),
        Verifier(settings.server_public_key),
        wall=outside.wall,
        nonce=outside.nonce,
    )


def make_record(settings: RecordSettings, outside: Outside = REAL) -> HealthRecord:
    """Raises ValueError if the address is not https."""
    calls = SignedCalls(
        _client(settings, outside),
        settings.app_id,
        Signer(settings.private_key),
        Verifier(settings.server_public_key),
        wall=outside.wall,
        nonce=outside.nonce,
    )
    return HttpRecord(calls)


def make_alipay(settings: AlipaySettings, outside: Outside = REAL) -> QrPayment:
    """Raises ValueError if the address is not https."""
    gateway = AlipayGateway(
        _client(settings, outside),
        settings.app_id,
        Signer(settings.private_key),
        Verifier(settings.server_public_key),
        outside.wall,
    )
    return AlipayQr(gateway)


def make_wechat(settings: WechatSettings, outside: Outside = REAL) -> QrPayment:
    """Raises ValueError if the address is not https."""
    gateway = WechatGateway(
        _client(settings, outside),
        Merchant(settings.app_id, settings.mchid, settings.serial_no, settings.server_serial),
        Signer(settings.private_key),
        Verifier(settings.server_public_key),
        wall=outside.wall,
        nonce=outside.nonce,
    )
    return WechatQr(gateway)
