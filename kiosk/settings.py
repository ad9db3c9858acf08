"""What cabin.toml says, as frozen values. `kiosk.config` reads and checks them.

Money is in integer fen, times in seconds, paths are absolute.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from types import MappingProxyType

from kiosk.barcodes import BarcodeRule
from kiosk.core.access import Role
from kiosk.core.booklet import BookletRules
from kiosk.core.notices import Notice
from kiosk.core.print_price import PrintRule
from kiosk.core.rice import RiceShop
from kiosk.documents.limits import Limits
from kiosk.gateways.settings import (
    AlipaySettings,
    BillerSettings,
    RecordSettings,
    RelaySettings,
    WechatSettings,
)

Option = str | int | float | bool
_MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class CabinSettings:
    """Which cabin this is. `id`: four digits, begins every order number. `practice`: nothing here
    is for real; no file can say so.
    """

    id: str
    name: str
    address: str
    data_dir: Path
    operator_phone: str
    practice: bool = False


@dataclass(frozen=True, slots=True)
class PanelSettings:
    """The touch panel, as it stands (portrait). Sizes on the screen are counted in millimetres.

    ``device``: its stable path (``/dev/input/by-id/…``), if it is to be looked for before a touch
    pays.
    """

    width_px: int = 1080
    height_px: int = 1920
    diagonal_inch: float = 21.5
    device: Path | None = None

    @property
    def px_per_mm(self) -> float:
        """Pixels to a millimetre, from the diagonal."""
        return math.hypot(self.width_px, self.height_px) / (self.diagonal_inch * _MM_PER_INCH)


@dataclass(frozen=True, slots=True)
class NightSettings:
    """When the screen wears its night colours; may pass midnight."""

    begins: time = time(22, 0)
    ends: time = time(6, 0)

    def contains(self, moment: time) -> bool:
        """Whether `moment` (local time of day) is in the night [begins, ends)."""
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What no payment may pass: fen a payment, fen a day, free space for the journal in MiB."""

    payment_max_fen: int = 500_000
    day_max_fen: int = 3_000_000
    journal_min_free_mb: int = 64


@dataclass(frozen=True, slots=True)
class RefundSettings:
    """How many working days a refund takes at most; said on the screen and on the slip."""

    days: int = 3


@dataclass(frozen=True, slots=True)
class TimeSettings:
    """Patience, in seconds. `idle_reset` counts from the idle warning.

    `maintenance`: so long the staff's screens wait for a touch before residents are served again.
    """

    idle_warning: float = 90.0
    idle_reset: float = 30.0
    attract_after: float = 180.0
    terminal_payment: float = 180.0
    qr_payment: float = 120.0
    receipt_patience: float = 8.0
    maintenance: float = 300.0


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """How many days after closing an order's key is deleted."""

    forget_days: int = 30


@dataclass(frozen=True, slots=True)
class ClinicSettings:
    """一分钟诊所: rest before, pause between, in seconds.

    ``difference``: two readings that differ by more (mmHg) ask for a third. ``fhir``: the code on
    the screen is offered as a FHIR bundle too.
    """

    rest_s: int = 300
    pause_s: int = 60
    difference: int = 5
    fhir: bool = False


MOST_CONTACTS = 3
"""As many as fit the screen 请人帮忙."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody whom a resident can call, as shown on the screen."""

    name: str
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """One device: the driver's name, the port's URL or path, the driver's own options.

    ``record``: its traffic is written to `recordings/ROLE.jsonl` in the data folder.
    """

    driver: str
    port: str
    options: Mapping[str, Option] = field(default_factory=lambda: MappingProxyType({}))
    record: bool = False


@dataclass(frozen=True, slots=True)
class Plug:
    """An adapter on the USB bus: vendor and product (four hexadecimal digits), and either its
    serial number or the socket that it stays in (`1-1.3`: bus and ports).
    """

    vendor: str
    product: str
    serial: str = ""
    socket: str = ""


@dataclass(frozen=True, slots=True)
class InstallSettings:
    """What `kiosk install` must know of the machine. ``plugs``: by role; ``rotate``: how the
    panel's picture is turned, in xrandr(1)'s words or "none".
    """

    plugs: Mapping[str, Plug] = field(default_factory=lambda: MappingProxyType({}))
    rotate: str = "none"


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How the kiosk speaks. ``output``: "alsa", "none", or, in tests, "file": the data folder.

    ``folder`` holds recorded phrases, ``rate`` is the machine voice's words a minute. The volume
    has ``steps``; a visit begins with ``volume``, at night with ``night_volume``.
    """

    output: str = "alsa"
    device: str = "default"
    folder: Path | None = None
    rate: int = 140
    steps: int = 5
    volume: int = 3
    night_volume: int = 1


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Those gateways that the cabin has; None where it has none."""

    biller: BillerSettings | None = None
    alipay: AlipaySettings | None = None
    wechat: WechatSettings | None = None
    relay: RelaySettings | None = None
    record: RecordSettings | None = None


USB_STICK, NO_STICK = "usb", "none"


@dataclass(frozen=True, slots=True)
class PrintSettings:
    """Printing: its price, what a file may want of us, and where sticks are plugged in.

    `stick`: USB_STICK, NO_STICK, or "folder:…"; `stick_folder` is that folder then. `both_sides`
    and `colour`: whether the printer can do that.
    """

    rule: PrintRule
    limits: Limits
    stick: str = USB_STICK
    stick_folder: Path | None = None
    both_sides: bool = True
    colour: bool = True


@dataclass(frozen=True, slots=True)
class OperatorSettings:
    """One of the staff. ``pin`` and ``card`` are hashes (`kiosk.operators`); empty: has none."""

    id: str
    name: str
    role: Role
    pin: str = field(repr=False)
    card: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration. `source` is the file that it was read from.

    `metrics_port`: the loopback port of /metrics, None if nobody watches.
    """

    source: Path
    cabin: CabinSettings
    panel: PanelSettings
    night: NightSettings
    limits: LimitSettings
    refund: RefundSettings
    times: TimeSettings
    privacy: PrivacySettings
    contacts: tuple[Contact, ...]
    devices: Mapping[str, DeviceSettings]
    gateways: GatewaySettings
    barcodes: tuple[BarcodeRule, ...]
    clinic: ClinicSettings = ClinicSettings()
    notices: tuple[Notice, ...] = ()
    booklet: BookletRules | None = None
    rice: RiceShop | None = None
    voice: VoiceSettings = VoiceSettings()
    printing: PrintSettings | None = None
    metrics_port: int | None = None
    install: InstallSettings = InstallSettings()
    operators: tuple[OperatorSettings, ...] = ()
