"""A cabin in virtual time whose visitors want a record booklet; invented people only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.booklet_visitor import seventeen
from kiosk.core.goods import GoodsState
from kiosk.core.order import Order
from kiosk.troubles import repair_booklets
from sim.devices.model import ActionError
from tests.support.virtually import Cabin, Killed

MACHINES = ("booklet_dispenser", "id_reader", "booklet_register")
LONGEST_S = 400.0

Strike = Callable[["Booth"], None]


class Booth(Cabin):
    """A cabin with dispenser and reader; ``given`` counts what left in each person's hand."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.given: dict[int, int] = {}
        self.takes = True
        super().__init__(folder, seed)

    def wait_until_ready(self) -> None:
        super().wait_until_ready()
        assert self.until(lambda: all(self.state.device(x).level.usable for x in MACHINES), 300), (
            self.state.devices
        )

    def start_again(self) -> None:
        """Killed and started, and everything has said how it is."""
        self.restart()
        self.wait_until_ready()

    @property
    def dispenser(self) -> Any:
        return self.cabin.lines["booklet_dispenser"].model

    def booklets(self, number: int) -> int:
        return self.given.get(number, 0)

    def come(
        self,
        somebody: int,
        due: Callable[[Booth], bool] = lambda _: False,
        strike: Callable[[Booth], None] = lambda _: None,
        tries: int = 1,
    ) -> str:
        """Somebody lays the card down, takes what comes, and leaves. Returns the last screen.

        At the first moment when ``due`` holds, ``strike``. ``tries``: so often a card that wasn't
        read is laid down again.
        """
        struck = False
        end = self.clock.monotonic() + LONGEST_S
        seen = ""
        left = tries
        while self.clock.monotonic() < end:
            if not struck and due(self):
                struck = True
                strike(self)
            screen = self.screen
            seen = screen if screen not in ("home", "attract") else seen
            state = self.state
            if screen == "lay_card" and getattr(state.visit.step, "trouble", None):
                left -= 1
                if not left:
                    return self._leave(seen)
            if not self._act(screen, somebody, started=bool(seen)):
                return seen
            out = self.dispenser.out
            if self.takes and self.dispenser.place == "at_take":
                self.act("booklet_dispenser", "take")
                self.given[somebody] = self.booklets(somebody) + self.dispenser.out - out
            self.until(
                lambda state=state, struck=struck: (
                    self.state is not state or (not struck and due(self))
                ),
                2.0,
            )
        raise AssertionError(f"never ends: {self.screen} {self.state.visit}")

    def visit(self, somebody: int, due: Callable[[Booth], bool], strike: Strike) -> None:
        """Somebody comes, it strikes, and whatever it is goes on for a while; then it is over."""
        try:
            self.come(somebody, due, strike, tries=2)
        except AssertionError as error:
            if "never ends" not in str(error):
                raise
            # Only what waits for a machine that isn't there may last.
            assert self.screen in ("pay", "booklet_delivering"), error

    def _act(self, screen: str, somebody: int, *, started: bool) -> bool:
        """Do what a person does at this screen; False when they are home again."""
        match screen:
            case "attract":
                self.touch("anything")
            case "home" if started:
                return False
            case "home":
                self.touch("home.booklet")
            case "lay_card" if getattr(self.state.visit.step, "trouble", None):
                self.act("id_reader", "lift")
                self.touch("booklet.again")
            case "lay_card" if not self.cabin.lines["id_reader"].model.state()["card"]:
                self.act("id_reader", "lay", number=seventeen(somebody), name="测试某")
            case "confirm_goods":
                self.act("id_reader", "lift")
                self.touch("confirm_goods.pay", "free")
            case "had_booklet":
                self.act("id_reader", "lift")
                self.touch("booklet.done")
            case "result":
                self.touch("order.done")
            case "receipt_problem":
                self.touch("order.copy_taken")
            case "out_of_service":
                self.touch("nav.home")
        return True

    def _leave(self, seen: str) -> str:
        self.act("id_reader", "lift")
        self.touch("nav.home")
        return seen

    def repair(self) -> None:
        super().repair()
        repair_booklets(self)

    def judge(self) -> list[Order]:
        """Nobody has two; what the journal says for certain is so; each order has its end."""
        orders = self.check()
        assert all(x <= 1 for x in self.given.values()), self.given
        delivered = sum(x.goods[0].state is GoodsState.DELIVERED for x in orders if x.goods)
        open_ = sum(not x.goods[0].certain for x in orders if x.goods)
        out = sum(self.given.values())
        assert delivered <= out <= delivered + open_, (delivered, open_, self.given)
        return orders

    def kill_and_come(self, somebody: int, rows: int) -> bool:
        """Somebody comes, and the kiosk dies right after its n-th row; False if it had fewer."""
        self.kill_after = rows
        try:
            self.come(somebody)
        except Killed:
            self.start_again()
            return True
        finally:
            self.kill_after = None
        return False


__all__ = ["ActionError", "Booth", "seventeen"]
