"""cabin.toml → frozen settings: every mistake named at once, with its line and what is allowed.

The values themselves are described in `kiosk.settings`; `kiosk/cabin.example.toml` shows them all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

from kiosk import config_toml
from kiosk.barcodes import SLIP_PREFIX
from kiosk.config_install import read_install
from kiosk.config_operators import read_operators
from kiosk.config_outside import (
    DRIVERS,
    Drivers,
    read_barcodes,
    read_devices,
    read_gateways,
)
from kiosk.config_print import read_print, require_print
from kiosk.config_reader import Mistakes, Section
from kiosk.config_rice import read_rice
from kiosk.config_services import read_booklet, read_notices, require_booklet_machines
from kiosk.settings import (
    MOST_CONTACTS,
    CabinSettings,
    ClinicSettings,
    Contact,
    LimitSettings,
    NightSettings,
    PanelSettings,
    PrivacySettings,
    RefundSettings,
    Settings,
    TimeSettings,
    VoiceSettings,
)

_MAX_FEN = 10_000_000
_TEXT = r"\S(.{0,58}\S)?"
_PHONE = r"[0-9+][0-9 ()-]{1,22}[0-9]"


class ConfigError(Exception):
    """The configuration can't be used. `mistakes`: one sentence each, in the order of lines."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def load(path: str | Path, drivers: Drivers = DRIVERS, *, keys: bool = True) -> Settings:
    """Read and check the configuration file at `path`. Raises ConfigError, with every mistake.

    `keys`: the keys it names must be readable too, as they must for the kiosk. Technicians who
    only ask it need not be able to.
    """
    file = Path(path).absolute()
    try:
        text = file.read_bytes().decode().removeprefix("\ufeff")  # as some editors begin a file
    except OSError as error:
        raise ConfigError((f"{file}: can't be read: {error.strerror}",)) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError((f"{file}:{line}: is not UTF-8; allowed: UTF-8 text",)) from error
    try:
        document = config_toml.parse(text)
    except config_toml.TomlSyntaxError as error:
        sentence = f"{file}:{error.line}: is not TOML: {error}; allowed: https://toml.io/en/v1.0.0"
        raise ConfigError((sentence,)) from error
    mistakes = Mistakes(file, document, keys=keys)
    settings = _settings(Section((), document.values, mistakes), file, drivers)
    if mistakes.sentences:
        raise ConfigError(mistakes.sentences)
    return settings


def _settings(root: Section, file: Path, drivers: Drivers) -> Settings:
    settings = Settings(
        source=file,
        cabin=_cabin(root.section("cabin"), file.parent),
        panel=_panel(root.section("panel")),
        night=_night(root.section("night")),
        limits=_limits(root.section("limits")),
        refund=_refund(root.section("refund")),
        times=_times(root.section("times")),
        privacy=_privacy(root.section("privacy")),
        contacts=_contacts(root.section("help")),
        devices=read_devices(root.section("devices"), drivers),
        gateways=read_gateways(root.section("gateways")),
        barcodes=read_barcodes(root.sections("barcode")),
        clinic=_clinic(root.section("clinic")),
        notices=read_notices(root.sections("notice")),
        booklet=read_booklet(root.section("booklet")) if root.has("booklet") else None,
        rice=read_rice(root.section("rice")) if root.has("rice") else None,
        voice=_voice(root.section("voice"), file.parent),
        printing=read_print(root.section("print"), file.parent) if root.has("print") else None,
        metrics_port=_metrics(root.section("metrics")) if root.has("metrics") else None,
        operators=read_operators(root.sections("operator")),
    )
    install = read_install(root.section("install"), settings.devices)
    root.done()
    _require(settings, root.mistakes)
    return replace(settings, install=install)


def _require(settings: Settings, mistakes: Mistakes) -> None:
    """Without these nobody could ever pay here, and the screen would say so for ever (R16)."""
    devices, gateways = settings.devices, settings.gateways
    if "receipt_printer" not in devices:
        allowed = "[devices.receipt_printer]: no payment begins without a receipt"
        mistakes.add(("devices",), "section [devices.receipt_printer] is missing", allowed)
    if settings.rice is not None and "rice_mill" not in devices:
        allowed = "[devices.rice_mill]: it mills what [rice] sells"
        mistakes.add(("rice",), "section [devices.rice_mill] is missing", allowed)
    if gateways.biller is None:
        allowed = "[gateways.biller]: bills are asked for and posted there"
        mistakes.add(("gateways",), "section [gateways.biller] is missing", allowed)
    _require_clear_tokens(settings, mistakes)
    if "terminal" not in devices and gateways.alipay is None and gateways.wechat is None:
        ways = "at least one of [devices.terminal], [gateways.alipay], [gateways.wechat]"
        mistakes.add((), "there is no way of paying", ways)
    if settings.printing is not None:
        require_print(settings, mistakes)
    if settings.booklet is not None:
        require_booklet_machines(devices, mistakes)


def _require_clear_tokens(settings: Settings, mistakes: Mistakes) -> None:
    """A code of the health record must never be a bill's or one of our own slips'."""
    record = settings.gateways.record
    if record is None or not record.token_prefix:
        return
    others = {f'the barcode rule "{x.name}"': x.prefix for x in settings.barcodes}
    others["our own slips"] = SLIP_PREFIX
    for whose, prefix in others.items():
        ours = record.token_prefix
        if prefix and (prefix.startswith(ours) or ours.startswith(prefix)):
            what = f'gateways.record.token_prefix = "{ours}" fits the codes of {whose}'
            mistakes.add(("gateways", "record", "token_prefix"), what, "another prefix")


def _cabin(section: Section, folder: Path) -> CabinSettings:
    cabin = CabinSettings(
        id=section.text("id", "[0-9]{4}", "four digits"),
        name=section.text("name", _TEXT, "1 … 60 characters"),
        address=section.text("address", _TEXT, "1 … 60 characters"),
        data_dir=folder / section.text("data_dir", r"[^\0]+", "the path of a folder", "data"),
        operator_phone=section.text("operator_phone", _PHONE, "a telephone number"),
    )
    section.done()
    return cabin


def _panel(section: Section) -> PanelSettings:
    device = section.text("device", r"(/dev/[^\0]+)?", "the panel's path, /dev/input/by-id/…", "")
    panel = PanelSettings(
        width_px=section.whole("width_px", 320, 7680, "number of pixels", 1080),
        height_px=section.whole("height_px", 320, 7680, "number of pixels", 1920),
        diagonal_inch=section.number("diagonal_inch", 5, 100, 21.5),
        device=Path(device) if device else None,
    )
    section.done()
    return panel


def _night(section: Section) -> NightSettings:
    night = NightSettings(_clock(section, "from", "22:00"), _clock(section, "until", "06:00"))
    section.done()
    return night


def _clock(section: Section, key: str, default: str) -> time:
    text = section.text(
        key, "([01][0-9]|2[0-3]):[0-5][0-9]", 'a time of day, "00:00" … "23:59"', default
    )
    return time.fromisoformat(text or default)


def _limits(section: Section) -> LimitSettings:
    before = len(section.mistakes.sentences)
    limits = LimitSettings(
        payment_max_fen=section.whole("payment_max_fen", 1, _MAX_FEN, "number of fen", 500_000),
        day_max_fen=section.whole("day_max_fen", 1, 100 * _MAX_FEN, "number of fen", 3_000_000),
        journal_min_free_mb=section.whole("journal_min_free_mb", 1, 1_000_000, "number of MiB", 64),
    )
    usable = len(section.mistakes.sentences) == before
    if usable and limits.day_max_fen < limits.payment_max_fen:
        section.wrong(
            "day_max_fen", "is less than payment_max_fen", f"{limits.payment_max_fen} or more"
        )
    section.done()
    return limits


def _refund(section: Section) -> RefundSettings:
    refund = RefundSettings(section.whole("days", 1, 30, "number of working days", 3))
    section.done()
    return refund


def _times(section: Section) -> TimeSettings:
    times = TimeSettings(
        # Less would interrupt somebody who only reads; short ones are for tests.
        idle_warning=section.number("idle_warning", 5, 3600, 90),
        # Somebody who reads slowly needs 20 s to answer a warning (WCAG 2.1, 2.2.1).
        idle_reset=section.number("idle_reset", 20, 600, 30),
        attract_after=section.number("attract_after", 1, 3600, 180),
        terminal_payment=section.number("terminal_payment", 5, 900, 180),
        qr_payment=section.number("qr_payment", 5, 900, 120),
        receipt_patience=section.number("receipt_patience", 1, 60, 8),
        maintenance=section.number("maintenance", 5, 3600, 300),
    )
    section.done()
    return times


def _privacy(section: Section) -> PrivacySettings:
    privacy = PrivacySettings(section.whole("forget_days", 1, 3650, "number of days", 30))
    section.done()
    return privacy


def _clinic(section: Section) -> ClinicSettings:
    clinic = ClinicSettings(
        rest_s=section.whole("rest_s", 0, 1800, "number of seconds", 300),
        # The guideline says 1 to 2 minutes; short ones are for tests.
        pause_s=section.whole("pause_s", 5, 600, "number of seconds", 60),
        difference=section.whole("difference", 1, 40, "number of mmHg", 5),
        fhir=section.switch("fhir"),
    )
    section.done()
    return clinic


def _voice(section: Section, folder: Path) -> VoiceSettings:
    recorded = section.text("folder", r"[^\0]*", "the path of a folder", "")
    steps = section.whole("steps", 1, 10, "number of steps", 5)
    voice = VoiceSettings(
        output=section.choice("output", ("alsa", "none", "file"), "alsa"),
        device=section.text("device", r"[!-~]{1,80}", "the name of an ALSA device", "default"),
        folder=folder / recorded if recorded else None,
        rate=section.whole("rate", 80, 300, "number of words a minute", 140),
        steps=steps,
        volume=section.whole("volume", 0, steps, "number of the step", min(3, steps)),
        night_volume=section.whole("night_volume", 0, steps, "number of the step", 1),
    )
    section.done()
    return voice


def _metrics(section: Section) -> int | None:
    port = section.whole("port", 1024, 65535, "number of a port on this machine")
    section.done()
    return port


def _contacts(section: Section) -> tuple[Contact, ...]:
    contacts = []
    for item in section.sections("contact"):
        name = item.text("name", _TEXT, "1 … 60 characters")
        phone = item.text("phone", _PHONE, "a telephone number")
        contacts.append(Contact(name, phone, item.text("hours", _TEXT, "1 … 60 characters")))
        item.done()
        if len(contacts) == MOST_CONTACTS + 1:
            what = f"{item.name} is one too many for the screen 请人帮忙"
            item.mistakes.add(item.path, what, f"at most {MOST_CONTACTS} [[help.contact]]")
    section.done()
    return tuple(contacts)
