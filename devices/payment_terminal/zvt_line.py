"""A ZVT terminal's line: registration, liveness, and one exchange after the other.

What is asked of it stands in `zvt_driver`. Sources: payment terminal protocols, 1.2; Serial and
USB on Linux, "Liveness" (a status enquiry once a minute when idle; two missed: unavailable).
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, Literal, Self

from devices.driver import Driver, SettingsError
from devices.payment_terminal import zvt_codes as codes
from devices.payment_terminal import zvt_messages as m
from devices.payment_terminal.zvt_apdu import Apdu
from devices.payment_terminal.zvt_desk import Desk
from devices.payment_terminal.zvt_exchange import End, Exchange, Finished, Payment, Silent
from devices.payment_terminal.zvt_link import Heard, Link, NotDelivered, OutOfStep, SerialLink
from devices.status import Level, Status

IDLE_S = 60.0
"""A status enquiry goes out so often while nothing else is said."""
MISSED = 2
AGAIN_S = 5.0
"""Between two attempts to register."""
BUSY_S = 2.0
"""A terminal that asks to wait is asked again after this."""
MOST_BUSY = 10
"""One that still won't register us after so many times is out of use."""
CONFIG = 0x3E
"""The kiosk prints (02, 04), wants intermediate states (08), and nobody enters amounts (10) or
administers (20) at the terminal: its last transaction is then always one of ours."""

Work = Literal["register", "last", "enquire", "command", "close"]
_NOT_HEARD = ("no_answer", "registration_refused")


class ZvtLine(Driver):
    """A terminal is ready when it has registered us and was asked for its last transaction:
    without that a lost answer couldn't be settled.
    """

    default_baud: ClassVar[int] = 9600
    link_type: ClassVar[Callable[[Callable[[bytes, int | None], None]], Link]] = SerialLink

    def __init__(
        self, password: str = "000000", config: int = CONFIG, idle_s: float = IDLE_S
    ) -> None:
        """`password`: six digits. `idle_s`: see `IDLE_S`; virtual time asks less often."""
        super().__init__()
        self._password, self._config, self._idle_s = password, config, idle_s
        self._link: Link = type(self).link_type(self._send)
        self._desk = Desk()
        self._forget()

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """`password` (text of six digits) and `config` (0 to 255, the bits of the registration)
        may be given.
        """
        left = dict(settings)
        password = left.pop("password", "000000")
        if not isinstance(password, str) or len(password) != 6 or not password.isdecimal():
            raise SettingsError("password: text of six digits")
        config = left.pop("config", CONFIG)
        if isinstance(config, bool) or not isinstance(config, int) or not 0 <= config <= 255:
            raise SettingsError("config: a whole number from 0 to 255")
        if left:
            raise SettingsError(f"unknown setting: {', '.join(sorted(left))}")
        return cls(password, config)

    def _forget(self) -> None:
        self._link.clear()
        self._registered = self._ready = self._blank = False
        self._exchange: Exchange | None = None
        self._work: Work = "register"
        self._owner: int | None = None
        self._next_at = math.inf
        self._missed = self._busy = 0

    # What a subclass says.

    @abstractmethod
    def _tell(self, exchange: Exchange, news: m.StatusInfo | m.Intermediate, now: float) -> None:
        """Something came in an exchange."""

    @abstractmethod
    def _command_over(self, exchange: Exchange, end: End, now: float) -> None:
        """An exchange of a command, `_owner`, is over; the next may begin."""

    @abstractmethod
    def _line_free(self, now: float) -> None:
        """Nothing is under way: a command that waits may start, or end if it can't."""

    # Hooks of the base.

    def _on_opened(self, now: float) -> None:
        self._forget()
        self._desk.forget()
        if self._status.reason not in _NOT_HEARD:
            self._set_status(Status(Level.UNKNOWN, "connecting"))
        self._register(now)

    def _on_lost(self, now: float, reason: str) -> None:  # noqa: ARG002
        self._link.clear()

    def _on_received(self, data: bytes, now: float) -> None:
        self._link.receive(data, now)
        self._follow_link(now)

    def _on_ticked(self, now: float) -> None:
        self._link.tick(now)
        self._follow_link(now)
        exchange = self._exchange
        if exchange is not None and now >= exchange.deadline:
            answer = exchange.tick(now)
            if answer is not None:
                self._say(answer, now)
            self._watch(now)
        if self._is_idle and now >= self._next_at:
            self._next(now)
        self._refresh(now)

    def _next_tick(self) -> float | None:
        times = [self._next_at if self._is_idle else math.inf, self._desk.deadline]
        if self._exchange is not None:
            times.append(self._exchange.deadline)
        if (at := self._link.deadline()) is not None:
            times.append(at)
        soonest = min(times)
        return None if soonest == math.inf else soonest

    @property
    def _is_idle(self) -> bool:
        """Whether the line may be used for its own sake: a command can only wait for it."""
        return self._exchange is None and (self._main is None or not self._ready)

    # What the line says.

    def _follow_link(self, now: float) -> None:
        for event in self._link.take_events():
            match event:
                case Heard(apdu):
                    self._missed = 0
                    self._heard(m.decode(apdu), now)
                case NotDelivered():
                    if self._exchange is not None:
                        self._exchange.not_delivered()
                case OutOfStep():
                    self.reopen_wanted = True
                case _ if self._exchange is not None and self._exchange.number == event.number:
                    self._exchange.delivered(now)
        self._watch(now)
        self._refresh(now)

    def _heard(self, message: m.Message, now: float) -> None:
        exchange = self._exchange
        if exchange is None or exchange.end is not None or not exchange.expects(message):
            answer = self._desk.answer_to_stray(message)
        else:
            answer = exchange.hear(message, now)
        if answer is not None:
            self._say(answer, now)
        self._watch(now)

    def _say(self, apdu: Apdu, now: float) -> None:
        """An answer, or a word in an exchange: it belongs to no command's own bytes."""
        self._link.post(apdu, None, now)

    def _watch(self, now: float) -> None:
        """Tell what the exchange has brought, and go on when it is over."""
        exchange = self._exchange
        if exchange is None:
            return
        while exchange.news:
            self._tell(exchange, exchange.news.pop(0), now)
        if exchange.end is not None and self._exchange is exchange:
            self._exchange = None
            self._link.drop(exchange.number)
            if isinstance(exchange, Payment):
                self._desk.settled(exchange)
            self._desk.heard_of(exchange.info)
            self._over(exchange, exchange.end, now)

    # Exchanges.

    def _start(self, exchange: Exchange, work: Work, owner: int | None, now: float) -> None:
        self._exchange, self._work, self._owner = exchange, work, owner
        exchange.number = self._link.post(exchange.apdu, owner, now)
        self._follow_link(now)

    def _over(self, exchange: Exchange, end: End, now: float) -> None:
        self._next_at = now + self._idle_s
        if self._work in ("command", "close"):
            if isinstance(end, Silent):
                self._next_at = now
            self._command_over(exchange, end, now)
        elif self._work == "register":
            self._registration_over(end, now)
        elif isinstance(end, Silent):
            self._missed_one(now)
        elif not isinstance(end, Finished) and end.code in codes.BUSY:
            self._next_at = now + BUSY_S
        elif self._work == "last":
            # One that has nothing to repeat says so: then nothing is known of before.
            self._ready, self._blank = True, not isinstance(end, Finished)
        elif not isinstance(end, Finished):
            # It answers, but not as one that knows us.
            self._begin_anew(now)
        if self._exchange is None:
            self._line_free(now)

    def _register(self, now: float) -> None:
        self._start(Exchange(self._registration()), "register", None, now)

    def _registration(self) -> Apdu:
        return m.registration(self._password, self._config)

    def _registration_over(self, end: End, now: float) -> None:
        if isinstance(end, Finished):
            self._registered = True
            self._busy = 0
            self._ask_last(now)
            return
        self._next_at = now + AGAIN_S
        if isinstance(end, Silent):
            self._missed_one(now + AGAIN_S)
            return
        if end.code in codes.BUSY and self._busy < MOST_BUSY:
            # It may still wait for the card of a payment that nobody here knows of.
            self._busy += 1
            self._say(m.ABORT, now)
            self._next_at = now + BUSY_S
            return
        code = "" if end.code is None else codes.code_text(end.code)
        self._set_status(Status(Level.UNAVAILABLE, "registration_refused", code))

    def _ask_last(self, now: float) -> None:
        self._ready = False
        self._start(self._repetition(), "last", None, now)

    def _repetition(self) -> Exchange:
        return Exchange(self._with_password(codes.REPEAT_RECEIPT), tells=True)

    def _with_password(self, control: int) -> Apdu:
        return m.with_password(control, self._password)

    def _enquiry(self) -> Exchange:
        return Exchange(self._with_password(codes.STATUS_ENQUIRY), direct=True)

    def _missed_one(self, again_at: float) -> None:
        self._missed += 1
        self._next_at = again_at
        if self._missed >= MISSED:
            self._registered = self._ready = False
            self._set_status(Status(Level.UNAVAILABLE, "no_answer"))

    def _begin_anew(self, at: float) -> None:
        """Register again at `at`."""
        self._registered = self._ready = False
        self._set_status(Status(Level.UNKNOWN, "connecting"))
        self._next_at = at

    def _next(self, now: float) -> None:
        if not self._registered:
            self._register(now)
        elif not self._ready:
            self._ask_last(now)
        else:
            self._start(self._enquiry(), "enquire", None, now)

    # Health.

    def _refresh(self, now: float) -> None:  # noqa: ARG002
        if not self._ready:
            return
        if self._missed:
            self._set_status(Status(Level.UNKNOWN, "silent"))
        elif self._main is not None:
            self._set_status(Status(Level.BUSY, "payment"))
        else:
            self._set_status(Status(Level.READY))
