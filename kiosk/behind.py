"""What works behind the window: the engine on its thread, begun when the first picture is there.

Books, gateways and drivers take longer to load than the window takes to open. Nobody needs them
before something can be touched, and loading them first would keep the screen black. What is
touched meanwhile waits in order.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.core.state import State
from kiosk.diagnostics.heartbeat import Heartbeat
from kiosk.pages import PageStore
from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.cabin import ShowPractised
    from kiosk.composition import Insight
    from kiosk.core.visit.tech_steps import Survey
    from kiosk.diagnostics.station import Station
    from kiosk.diagnostics.switchboard import Switchboard
    from kiosk.engine import Engine

_log = logging.getLogger(__name__)

FAILED, USAGE = 1, 2
BEGIN_S = 10.0
"""Open orders are looked after without a picture, too: they don't wait longer than this."""
STOP_S = 5.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What diagnostics see of the screen: the state last published, and a way to wake it."""

    heart: Heartbeat
    state: Callable[[], State | None]
    wake: Callable[[], None]


class Behind:
    """An engine that may not be there yet. ``failure`` is the exit code of one that couldn't be.

    ``again``: the program is to be started anew when it has ended.
    """

    def __init__(
        self,
        settings: Settings,
        publish: Callable[[State], None],
        pages: PageStore | None = None,
        outlook: Outlook | None = None,
        practised: ShowPractised | None = None,
    ) -> None:
        self.failure = 0
        self.again = False
        self._settings = settings
        self._publish = publish
        self._pages = pages
        self._outlook = outlook
        self._station: Station | None = None
        self._practised = practised
        self._begin = threading.Event()
        self._lock = threading.Lock()
        self._early: list[object] = []
        self._engine: Engine | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)
        self._thread.start()

    def go(self) -> None:
        """Begin: the first picture is there."""
        self._begin.set()

    def post(self, message: object) -> None:
        """Tell the engine that something has happened, now or as soon as it is there."""
        with self._lock:
            if self._engine is None:
                self._early.append(message)
            else:
                self._engine.post(message)

    def stop(self) -> None:
        """Let it finish what it does, and close the books."""
        with self._lock:
            self._stopped = True
            if self._engine is not None:
                self._engine.stop()
        self._begin.set()
        self._thread.join(STOP_S)

    def start_again(self) -> None:
        """End the program in order, to begin it anew with the configuration as it is then."""
        self.again = True
        os.kill(os.getpid(), signal.SIGTERM)

    def _work(self) -> None:
        """The engine's thread. Without it the screen would stand still for ever: whoever
        supervises starts the kiosk again, and the journal knows the rest."""
        self._begin.wait(BEGIN_S)
        if self._stopped:
            return
        try:
            engine = self._built()
            if engine is not None:
                engine.run()
                if self._station is not None:
                    self._station.close()
                engine.books.close()
        except BaseException:  # noqa: BLE001  # whatever it was, nothing goes on without it
            _log.critical("the engine has failed: the kiosk ends", exc_info=True)
            logging.shutdown()
            os._exit(FAILED)

    def _built(self) -> Engine | None:
        """The engine with its open orders recovered; None if it can't or needn't be."""
        from kiosk.cabin import build
        from kiosk.diagnostics.switchboard import Switchboard
        from kiosk.journal import JournalBusyError

        board = Switchboard(self._settings.devices, self._settings.cabin.data_dir)
        try:
            engine = build(
                self._settings,
                self._publish,
                pages=self._pages,
                board=board,
                again=self.start_again,
                insight=self._insight(),
                practised=self._practised,
            )
        except JournalBusyError as error:
            self._fail(str(error), FAILED)
            return None
        except ValueError as error:
            self._fail(f"{self._settings.source}: {error}", USAGE)
            return None
        engine.start()
        with self._lock:
            for message in self._early:
                engine.post(message)
            self._engine = engine
            if self._stopped:
                engine.stop()
        if self._outlook is not None:
            self._station = self._opened(self._outlook, board)
        return engine

    def _insight(self) -> Insight | None:
        """How the staff's screens see everything: through the station, once it is open."""
        if self._outlook is None:
            return None
        from kiosk.composition import Insight

        def survey() -> Survey:
            from kiosk.adapters.survey import survey_of_facts

            assert self._station is not None, "nobody signs in before the engine works"
            return survey_of_facts(self._station.gatherer.facts_at_once())

        def look_out() -> None:
            if self._station is not None:
                self._station.gatherer.facts()

        return Insight(survey, look_out)

    def _opened(self, outlook: Outlook, board: Switchboard) -> Station:
        """Technicians may ask from now on."""
        from kiosk.diagnostics.station import Station

        station = Station(self._settings, board, outlook.heart, outlook.state)
        station.open(self.post, outlook.wake)
        return station

    def _fail(self, sentence: str, code: int) -> None:
        """End the program, and not on a thread where nobody hears it."""
        print(sentence, file=sys.stderr)
        self.failure = code
        os.kill(os.getpid(), signal.SIGTERM)
