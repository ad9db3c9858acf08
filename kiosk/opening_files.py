"""The places that a kiosk's printing needs, by its settings."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.adapters.document_jobs import Place
from kiosk.documents.sticks import make_stick
from kiosk.documents.visit_folder import VisitFolder
from kiosk.opening import shop_of
from kiosk.pages import PICTURE_MM
from kiosk.relay.client import RelayClient
from kiosk.settings import Settings

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter


def place_of(
    settings: Settings,
    adapter: Callable[[], BaseAdapter] | None = None,
    wall: Callable[[], float] = time.time,
) -> Place | None:
    """None where nothing is printed. ``adapter`` and ``wall`` stand in for network and clock.

    Whatever an earlier run has left of a visit is wiped. Raises OSError, ValueError.
    """
    if settings.printing is None or shop_of(settings) is None:
        return None
    relay, data_dir = None, settings.cabin.data_dir
    if settings.gateways.relay is not None:
        relay = RelayClient(settings.gateways.relay, adapter=adapter, wall=wall)
    # A practice cabin's data are in memory, and go with it, however it ends.
    folder = VisitFolder(data_dir, data_dir) if settings.cabin.practice else VisitFolder(data_dir)
    folder.leave()
    per_mm = settings.panel.px_per_mm
    return Place(
        folder,
        settings.printing.limits,
        (round(PICTURE_MM[0] * per_mm), round(PICTURE_MM[1] * per_mm)),
        make_stick(settings.printing, data_dir / "stick"),
        relay,
    )
