"""Checks PINs and cards, off the engine's thread, and knows who has to wait.

The digits of a PIN are nowhere but here: in a buffer that is blanked when it has been checked, or
when nobody signs in any more. What can't be avoided is that the touch that carries a digit exists
until it has been handled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devices.scanner.codec import Scanned
from kiosk import operators
from kiosk.adapters.adapters import Lanes
from kiosk.books import AnyBooks
from kiosk.core.access import BY_CARD, LONGEST_PIN, SIGNED_IN, TRIED, Attempts
from kiosk.core.visit import sign_in_messages as s
from kiosk.core.visit.messages import StaffCommand
from kiosk.settings import OperatorSettings

LANE = "operators"


@dataclass(frozen=True, slots=True)
class _Checked:
    """``tried``: as whom; ``operator``: who it is, empty if the PIN or card is wrong."""

    request: int
    tried: str
    operator: str


@dataclass(frozen=True, slots=True)
class _Waits:
    request: int
    operator: str


class Door:
    def __init__(
        self,
        staff: tuple[OperatorSettings, ...],
        lanes: Lanes,
        books: AnyBooks,
        monotonic: Callable[[], float],
    ) -> None:
        self._staff = {x.id: x for x in staff}
        self._lanes = lanes
        self._monotonic = monotonic
        self._pin = bytearray()
        self._card = bytearray()
        self._who: tuple[str, ...] = ()
        now = books.now_ms()
        self._zero_ms = now - int(monotonic() * 1000)
        self._attempts: dict[str, Attempts] = {}
        for at, kind, operator in books.sign_ins():
            self._attempts[operator] = self._of(operator).after(kind, at)

    def ask(self, command: StaffCommand) -> None:
        match command:
            case s.AskWait():
                self._who = command.who
                waits = _Waits(command.request, command.operator or BY_CARD)
                self._lanes.run(LANE, lambda: waits)
            case s.TypePin():
                self._type(command.key)
            case s.CheckPin():
                self._check_pin(command)
            case s.CheckCard():
                self._check_card(command)

    def forget(self) -> None:
        """Nobody signs in any more."""
        self._who = ()
        _blank(self._pin)
        _blank(self._card)

    def scanned(self, code: Scanned) -> bool:
        """Whether a code is taken for a card: while somebody signs in, every one is."""
        if not self._who:
            return False
        _blank(self._card)
        if code.kind != "payment_code":  # of those only the last four are left
            self._card += code.text.encode()
        return True

    def translate(self, message: object) -> s.SignInEvent | None:
        """What one of our own answers means; None for anybody else's."""
        match message:
            case _Waits():
                return s.WaitTold(message.request, self._wait_s(message.operator))
            case _Checked():
                if message.operator:
                    for name in {message.tried, message.operator}:
                        self._attempts[name] = self._of(name).after(SIGNED_IN, self._now_ms())
                return s.PinChecked(message.request, message.operator, self._wait_s(message.tried))
            case _:
                return None

    def _type(self, key: str) -> None:
        if key == "clear":
            _blank(self._pin)
        elif key == "delete":
            if self._pin:
                self._pin[-1] = 0
                del self._pin[-1]
        elif len(self._pin) < LONGEST_PIN:
            self._pin += key.encode()

    def _check_pin(self, command: s.CheckPin) -> None:
        secret = bytearray(self._pin)
        _blank(self._pin)
        known = self._staff.get(command.operator)
        hashes = {command.operator: known.pin} if known is not None else {}
        self._check(command.request, command.operator, secret, hashes)

    def _check_card(self, command: s.CheckCard) -> None:
        secret = bytearray(self._card)
        _blank(self._card)
        hashes = {x: self._staff[x].card for x in self._who if self._staff[x].card}
        self._check(command.request, BY_CARD, secret, hashes)

    def _check(self, request: int, tried: str, secret: bytearray, hashes: dict[str, str]) -> None:
        wrong = _Checked(request, tried, "")
        must_wait = self._wait_s(tried) > 0
        self._attempts[tried] = self._of(tried).after(TRIED, self._now_ms())

        def check() -> _Checked:
            try:
                fits = (x for x, text in hashes.items() if operators.read(text).fits(secret))
                return _Checked(request, tried, next(fits, ""))
            finally:
                _blank(secret)

        if must_wait or not secret:
            _blank(secret)
            self._lanes.run(LANE, lambda: wrong)
        else:
            self._lanes.run(LANE, check, wrong)

    def _of(self, operator: str) -> Attempts:
        return self._attempts.get(operator, Attempts())

    def _wait_s(self, operator: str) -> int:
        return self._of(operator).wait_s(self._now_ms())

    def _now_ms(self) -> int:
        """Runs on from the books' time when the first came; a clock that is set moves no wait."""
        return self._zero_ms + int(self._monotonic() * 1000)


def _blank(buffer: bytearray) -> None:
    buffer[:] = bytes(len(buffer))
    buffer.clear()
