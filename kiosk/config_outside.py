"""The parts of cabin.toml about what is outside the program: devices, gateways, bills."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from devices import registry
from devices.driver import SettingsError
from kiosk.barcodes import BarcodeRule, could_be_payment_code
from kiosk.config_reader import Section, shown
from kiosk.gateways.settings import (
    AlipaySettings,
    BillerSettings,
    RecordSettings,
    RelaySettings,
    WechatSettings,
)
from kiosk.settings import DeviceSettings, GatewaySettings, Option

Drivers = Mapping[str, Mapping[str, Collection[str]]]
"""Role → driver names → the names of that driver's own options."""

DRIVERS: Drivers = {
    "terminal": {
        "ecr_hub": ("app_id",),
        "zvt": ("password", "config"),
        "zvt_tcp": ("password", "config"),
    },
    "scanner": {"cdc_scanner": (), "hid_scanner": ()},
    "receipt_printer": {"escpos_serial": ("columns",), "escpos_usb": ("columns",)},
    "bp_meter": {"rbp_meter": (), "ieee_meter": ("manager_id", "trust_standard")},
    "booklet_dispenser": {"qu_cd": ("take_s",)},
    "id_reader": {"sam_v": ()},
    "rice_mill": {"rice_mill": ("slave",)},
    "document_printer": {"ipp": ("user", "busy_s")},
    "document_scanner": {"sane": ("program", "source")},
}
UNUSABLE = "\0"
"""Stands for an option that is no option."""
_CODE = r"[A-Za-z0-9_.-]{1,64}"
_URL = r"https://[^\s/]+(/\S*)?"
_URL_ALLOWED = "an address that begins with https://"
_LINE = r"baud=[1-9]\d{2,6}|parity=[NEO]|stop=[12]"
_PORT = (
    r"/\S+|serial:///\S+|usb://[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}(/[^\s?]*)?(\?head=\d{1,2})?"
    r"|(tcp|tcp-listen)://[^\s:/]+:\d{1,5}|rfc2217://[^\s:/]+:\d{1,5}(\?\S+)?"
    r"|usbip://[^\s:/]+:\d{1,5}/\S+|input:///\S+|ipps?://[^\s/]+(/\S*)?"
    r"|sane:[^\s-].*"
)


def read_devices(section: Section, drivers: Drivers) -> Mapping[str, DeviceSettings]:
    """[devices.ROLE]: the driver must be one of `drivers`, and its options those it has."""
    devices: dict[str, DeviceSettings] = {}
    for role, names in drivers.items():
        if not section.has(role):
            continue
        item = section.section(role)
        driver = item.choice("driver", names)
        port = item.text("port", _PORT, "/dev/… | serial:///dev/…?baud=… | tcp://host:port | …")
        _check_baud(item, port)
        options = {key: _option(item, key) for key in names[driver] if item.has(key)}
        record = _record(item)
        item.done()
        if item.has("driver") and item.raw("driver") == driver:
            _check_driver(item, driver, options)
        twice = next((x for x, other in devices.items() if _same_port(other.port, port)), "")
        if twice:
            item.wrong("port", f"is the port of devices.{twice} too", "a port of its own")
        devices[role] = DeviceSettings(driver, port, MappingProxyType(options), record)
    section.done()
    return MappingProxyType(devices)


def _same_port(one: str, other: str) -> bool:
    """Whether two addresses lead to one port; a serial line is the same at every speed."""
    return bool(one) and _line_of(one) == _line_of(other)


def _line_of(port: str) -> str:
    if not port.startswith("serial://"):
        return port
    return port.removeprefix("serial://").partition("?")[0]


def _check_driver(item: Section, driver: str, options: Mapping[str, Option]) -> None:
    """Let the driver itself judge its options, as it will when it is made."""
    try:
        registry.factory(driver, options)
    except SettingsError as error:
        key, _, allowed = str(error).partition(": ")
        if key in options:
            if options[key] != UNUSABLE:  # else it has been named
                item.wrong(key, "can't be used", allowed)
        else:
            item.mistakes.add(item.path, f"{item.name}.{key} is missing", allowed)


def _check_baud(item: Section, port: str) -> None:
    path, _, query = port.partition("?")
    bad = [part for part in query.split("&") if part and not re.fullmatch(_LINE, part)]
    if path.startswith("serial:") and bad:
        allowed = "baud=300 … baud=4000000, parity=N, E or O, stop=1 or 2"
        item.wrong("port", f"has an unusable setting {shown(bad[0])}", allowed)


def _record(item: Section) -> bool:
    value = item.raw("record") if item.has("record") else False
    if not isinstance(value, bool):
        item.wrong("record", "is not a switch", "true or false")
    return value is True


def _option(item: Section, key: str) -> Option:
    value = item.raw(key)
    if isinstance(value, str | int | float):  # bool is an int
        return value
    item.wrong(key, "is not a single value", "a text, a number, true or false")
    return UNUSABLE


def read_gateways(section: Section) -> GatewaySettings:
    """[gateways.NAME]: TLS only; key files must exist."""
    gateways = GatewaySettings(
        biller=_biller(section.section("biller")) if section.has("biller") else None,
        alipay=_alipay(section.section("alipay")) if section.has("alipay") else None,
        wechat=_wechat(section.section("wechat")) if section.has("wechat") else None,
        record=_record_of(section.section("record")) if section.has("record") else None,
        relay=_relay(section.section("relay")) if section.has("relay") else None,
    )
    section.done()
    return gateways


def _base_url(item: Section) -> str:
    return item.text("base_url", _URL, _URL_ALLOWED)


def _common(item: Section) -> tuple[Path | None, float, float]:
    ca_file = item.file_path("ca_file", "a CA certificate (PEM)") if item.has("ca_file") else None
    connect = item.number("connect_timeout", 0.1, 60, 3)
    return ca_file, connect, item.number("read_timeout", 0.1, 120, 10)


def _biller(item: Section) -> BillerSettings:
    ca_file, connect, read = _common(item)
    biller = BillerSettings(
        base_url=_base_url(item),
        app_id=item.text("app_id", _CODE, "an application id"),
        private_key=item.file_path("private_key", "our private key (PEM)"),
        server_public_key=item.file_path("server_public_key", "the biller's public key (PEM)"),
        ca_file=ca_file,
        connect_timeout=connect,
        read_timeout=read,
    )
    item.done()
    return biller


def _record_of(item: Section) -> RecordSettings:
    """The health record. Its codes begin with a letter, so that no payment code is one."""
    ca_file, connect, read = _common(item)
    record = RecordSettings(
        base_url=_base_url(item),
        app_id=item.text("app_id", _CODE, "an application id"),
        token_prefix=item.text(
            "token_prefix", "[A-Za-z][A-Za-z0-9:_-]{1,15}", "a letter and 1 … 15 characters more"
        ),
        private_key=item.file_path("private_key", "our private key (PEM)"),
        server_public_key=item.file_path("server_public_key", "the record's public key (PEM)"),
        ca_file=ca_file,
        connect_timeout=connect,
        read_timeout=read,
    )
    item.done()
    return record


def _alipay(item: Section) -> AlipaySettings:
    ca_file, connect, read = _common(item)
    alipay = AlipaySettings(
        base_url=_base_url(item),
        app_id=item.text("app_id", "[0-9]{16}", "16 digits"),
        private_key=item.file_path("private_key", "our private key (PEM)"),
        server_public_key=item.file_path("server_public_key", "Alipay's public key (PEM)"),
        ca_file=ca_file,
        connect_timeout=connect,
        read_timeout=read,
    )
    item.done()
    return alipay


def _wechat(item: Section) -> WechatSettings:
    ca_file, connect, read = _common(item)
    wechat = WechatSettings(
        base_url=_base_url(item),
        app_id=item.text("app_id", "wx[0-9a-f]{16}", "wx and 16 hex digits"),
        mchid=item.text("mchid", "[0-9]{8,10}", "8 … 10 digits"),
        serial_no=item.text("serial_no", _CODE, "the serial number of our certificate"),
        private_key=item.file_path("private_key", "our private key (PEM)"),
        server_serial=item.text("server_serial", _CODE, "the id of the platform's public key"),
        server_public_key=item.file_path("server_public_key", "the platform's public key (PEM)"),
        api_v3_key=item.file_path("api_v3_key", "the API v3 key")
        if item.has("api_v3_key")
        else None,
        ca_file=ca_file,
        connect_timeout=connect,
        read_timeout=read,
    )
    item.done()
    return wechat


def _relay(item: Section) -> RelaySettings:
    ca_file = item.file_path("ca_file", "a CA certificate (PEM)") if item.has("ca_file") else None
    relay = RelaySettings(
        base_url=_base_url(item),
        cabin=item.text("cabin", "[0-9]{4}", "the four digits that the relay knows us by"),
        key=item.file_path("key", "the key shared with the relay (64 hex digits)"),
        ca_file=ca_file,
        connect_timeout=item.number("connect_timeout", 0.1, 60, 3),
        read_timeout=item.number("read_timeout", 0.1, 300, 60),
    )
    item.done()
    return relay


def read_barcodes(items: list[Section]) -> tuple[BarcodeRule, ...]:
    """[[barcode]]: no rule may fit a payment code, nor two rules one code."""
    rules: list[BarcodeRule] = []
    for item in items:
        length = item.whole("length", 4, 128, "number of characters")
        period = item.slice_of("period", length, optional=True)
        if period is not None and period[1] - period[0] != 6:
            item.wrong("period", "is not six digits long", "a slice of YYYYMM")
        rule = BarcodeRule(
            name=item.text("name", r"\S.{0,79}", "1 … 80 characters"),
            institution=item.text("biller", _CODE, "the biller's id of an institution"),
            prefix=item.text("prefix", "[0-9A-Z]{1,32}", "1 … 32 digits or capital letters"),
            length=length,
            account=item.slice_of("account", length) or (0, length),
            amount_fen=item.slice_of("amount_fen", length, optional=True),
            period=period,
            check=item.choice("check", ("luhn", "none"), "none"),
        )
        item.done()
        if rule.prefix:
            _check_rule(item, rule, rules)
        rules.append(rule)
    return tuple(rules)


def _check_rule(item: Section, rule: BarcodeRule, others: list[BarcodeRule]) -> None:
    if could_be_payment_code(rule.prefix, rule.length):
        what = f"with length {rule.length} fits payment codes of phones, which must never be kept"
        item.wrong("prefix", what, "a longer prefix or another length")
    for other in others:
        same = rule.prefix.startswith(other.prefix) or other.prefix.startswith(rule.prefix)
        if other.prefix and other.length == rule.length and same:
            what = f'fits the same codes as the rule "{other.name}"'
            item.wrong("prefix", what, "a prefix or length that no other rule has")
