"""The watchdog: whoever supervises hears that the kiosk lives only while all of it does.

Screen, engine and journal are asked for a sign of life in turn (`kiosk.diagnostics.heartbeat`).
While one of them owes it, nothing is said, the log names the one that is missing, and after
``WatchdogSec`` the supervisor ends the program and starts it again; the journal knows the rest.
Nobody is asked, and no thread runs, where nobody supervises.

What is said to whom: sd_notify(3), sd_watchdog_enabled(3). The few lines stand here because the
packages for it swallow their errors or want a C compiler.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field

from kiosk.diagnostics.heartbeat import ENGINE, SCREEN, Heartbeat, Ping, Pulse

_log = logging.getLogger(__name__)

WORDS = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
PARTS_OF_TIME = 4
"""How often the supervisor hears from us within its patience; it asks for twice at least."""
START_LOOK_S = 0.1
"""How often is looked whether the start is over: it is only short."""


class Supervisor:
    """Where sd_notify goes. Raises OSError for a socket that can't be had."""

    def __init__(self, address: str) -> None:
        # A name that begins with @ is one of Linux' abstract names.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.setblocking(False)

    def say(self, *lines: str) -> None:
        """Tell it. That nobody listens is logged; the kiosk goes on without."""
        try:
            self._socket.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            _log.warning("the supervisor can't be told %s: %s", lines[0], error)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the supervisor asked for: where to speak, and its patience in seconds (0: none).

    ``words`` is how it was said, for a program that takes this one's place.
    """

    address: str
    patience_s: float
    words: Mapping[str, str] = field(default_factory=dict, compare=False)


def wish_of(environment: MutableMapping[str, str]) -> Wish | None:
    """Take the supervisor's wish out of the environment, so that no child answers in our name."""
    words = {x: environment.pop(x) for x in WORDS if x in environment}
    address, patience, whose = (words.get(x, "") for x in WORDS)
    if not address.startswith(("/", "@")):
        return None
    ours = whose in ("", str(os.getpid())) and patience.isdigit()
    return Wish(address, int(patience) / 1e6 if ours else 0.0, words)


class Watchdog:
    """Asks the parts and feeds the supervisor.

    ``post`` gives a message to the engine, ``wake`` wakes the screen's loop; both from any thread.
    """

    def __init__(
        self,
        wish: Wish,
        heart: Heartbeat,
        post: Callable[[object], None],
        wake: Callable[[], None],
    ) -> None:
        self._heart = heart
        self._post = post
        self._wake = wake
        self._patience = wish.patience_s
        self._supervisor = Supervisor(wish.address)
        self._end = threading.Event()
        self._ready = False
        self._named: tuple[str, ...] = ()
        self._thread = threading.Thread(target=self._work, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to ask. The supervisor ends a stuck program by SIGABRT: then the log gets where
        each thread stood.
        """
        if self._patience:
            faulthandler.enable()
        self._thread.start()

    def stop(self, *, again: bool = False) -> None:
        """Say that this end is meant; or, with ``again``, nothing: the same process goes on."""
        self._end.set()
        if not again:
            self._supervisor.say("STOPPING=1")

    def _work(self) -> None:
        self.ask()
        while not self._ready:
            if self._end.wait(START_LOOK_S):
                return
            self.welcome()
        if not self._patience:
            return
        while not self._end.wait(self._patience / PARTS_OF_TIME):
            self.look()

    def ask(self) -> None:
        """Ask every part. An engine that owes its answer isn't asked again: it would only find
        a heap of questions when it comes round.
        """
        owing = self._heart.pulses()
        self._heart.ask(*self._heart.parts)
        if not owing[ENGINE].waiting_s:
            self._post(Ping(self._heart))
        if SCREEN in owing:
            self._wake()

    def welcome(self) -> None:
        """The start is over when each part has answered once, or says what is wrong with it."""
        pulses = self._heart.pulses().values()
        if all(x.age_s is not None or x.trouble for x in pulses):
            self._ready = True
            self._supervisor.say("READY=1", "STATUS=in service")

    def look(self) -> None:
        owing = {name: x for name, x in self._heart.pulses().items() if x.waiting_s}
        if not owing:
            self._supervisor.say("WATCHDOG=1")
        self._name(owing)
        self.ask()

    def _name(self, owing: dict[str, Pulse]) -> None:
        """Say which part is missing, when that changes and not at every look."""
        if tuple(owing) == self._named:
            return
        for name in self._named:
            if name not in owing:
                _log.warning("watchdog: the %s answers again", name)
        for name, pulse in owing.items():
            if name not in self._named:
                _log.error(
                    "watchdog: the %s %s; without it the kiosk is started again within %.0f s",
                    name,
                    sentence(pulse),
                    self._patience,
                )
        self._named = tuple(owing)
        words = "; ".join(f"the {name} {sentence(x)}" for name, x in owing.items())
        self._supervisor.say(f"STATUS={words or 'in service'}")


def sentence(pulse: Pulse) -> str:
    """What is wrong with a part that owes a sign of life."""
    if pulse.trouble:
        return f"can't do its work ({pulse.trouble})"
    return f"has not answered for {pulse.waiting_s:.0f} s"
