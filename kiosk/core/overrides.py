"""What the staff have set at the screen and the configuration doesn't say: prices, services off.

Kept as rows of the journal, with who and when; the newest row of each thing counts. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kiosk.core.rice import RiceShop

PRICE_SET, SERVICE_SET = "PriceSet", "ServiceSet"
REFILLED, CONFIG_TAKEN = "Refilled", "ConfigTaken"
"""Kinds of the journal's rows about what the staff do here."""

SERVICES = ("pay_bill", "clinic", "print", "rice", "booklet")
"""Those that can be switched off, as the home screen names them."""
LEAST_PRICE_FEN, MOST_PRICE_FEN = 50, 9_999
"""Of 500 g of rice: what lies outside is a slip of the finger."""


def sensible(fen: int) -> bool:
    """Whether 500 g of rice may cost that."""
    return LEAST_PRICE_FEN <= fen <= MOST_PRICE_FEN


@dataclass(frozen=True, slots=True)
class Overrides:
    """``prices``: bin, fen for 500 g, and the configured price that it was set instead of: it
    lapses when the configuration changes its own. ``off``: the services that are switched off.
    ``listed``: bin and price of the configuration as it is now.
    """

    prices: tuple[tuple[int, int, int], ...] = ()
    off: frozenset[str] = frozenset()
    listed: tuple[tuple[int, int], ...] = ()

    def beside(self, shop: RiceShop | None) -> Overrides:
        """The same beside this configuration."""
        bins = shop.bins if shop is not None else ()
        return replace(self, listed=tuple((x.number, x.price_fen) for x in bins))

    def instead_of(self, number: int) -> int:
        """The configured price of a bin, 0 if there is no such bin."""
        return dict(self.listed).get(number, 0)

    def price(self, number: int, fen: int, instead: int) -> Overrides:
        others = tuple(x for x in self.prices if x[0] != number)
        return replace(self, prices=(*others, (number, fen, instead)))

    def service(self, name: str, *, on: bool) -> Overrides:
        return replace(self, off=self.off - {name} if on else self.off | {name})

    def after(self, kind: str, body: Mapping[str, object]) -> Overrides:
        """What they are after a row. A row that makes no sense changes nothing."""
        if kind == PRICE_SET:
            number, fen, instead = (body.get(x) for x in ("bin", "fen", "instead"))
            if not (isinstance(number, int) and isinstance(fen, int) and isinstance(instead, int)):
                return self
            return self.price(number, fen, instead) if sensible(fen) else self
        if kind == SERVICE_SET and body.get("service") in SERVICES:
            return self.service(str(body["service"]), on=body.get("on") == 1)
        return self

    def shop(self, shop: RiceShop | None) -> RiceShop | None:
        """The shop with the prices that were set; a bin that is gone has none."""
        if shop is None:
            return None
        prices = dict(self.listed)
        prices |= {
            number: fen for number, fen, instead in self.prices if prices.get(number) == instead
        }
        bins = tuple(replace(x, price_fen=prices.get(x.number, x.price_fen)) for x in shop.bins)
        return replace(shop, bins=bins)
