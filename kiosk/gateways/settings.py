"""Settings of the gateways: the `[gateways.*]` tables of cabin.toml, with paths resolved.

Times are in seconds. `ca_file` None: the certificate authorities that requests brings along.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BillerSettings:
    base_url: str
    app_id: str
    private_key: Path
    server_public_key: Path
    ca_file: Path | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """Where a result of the clinic goes. Codes that begin with `token_prefix` say whose it is."""

    base_url: str
    app_id: str
    token_prefix: str
    private_key: Path
    server_public_key: Path
    ca_file: Path | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlipaySettings:
    base_url: str  # with its path: …/gateway.do
    app_id: str
    private_key: Path
    server_public_key: Path
    ca_file: Path | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WechatSettings:
    """`serial_no` is our key's, `server_serial` the platform's.

    `api_v3_key` decrypts notifications; none reach a kiosk, so it isn't read.
    """

    base_url: str
    app_id: str
    mchid: str
    serial_no: str
    private_key: Path
    server_serial: str
    server_public_key: Path
    api_v3_key: Path | None = None
    ca_file: Path | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """The upload relay (kiosk/relay/RELAY.md). `key`: a file with the shared key, 64 hex digits.

    `cabin`: the four digits that the relay knows this cabin by.
    """

    base_url: str
    cabin: str
    key: Path
    ca_file: Path | None = None
    connect_timeout: float = 3.0
    read_timeout: float = 60.0
