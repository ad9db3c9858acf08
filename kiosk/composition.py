"""Settings to a running cabin: which worker, gateway and chore there is."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiosk.adapters import Adapters
from kiosk.adapters.adapters import DeviceWorker, Lanes
from kiosk.adapters.booklet import Booklets
from kiosk.adapters.clinic import ClinicDesk
from kiosk.adapters.document_jobs import Place
from kiosk.adapters.documents import Documents
from kiosk.adapters.release import EVERY_S
from kiosk.adapters.staff import ClassDesk, Staff
from kiosk.adapters.terminals import ZVT_DRIVERS, words_of
from kiosk.booklet_register import Register, RegisterBrokenError
from kiosk.books import AnyBooks, Books
from kiosk.clock import Clock, TrustedClock
from kiosk.core import means as ways
from kiosk.core.booklet import READER
from kiosk.core.means import Means, RefundBy
from kiosk.core.printing import DOCUMENT_PRINTER, RELAY, SCANNER
from kiosk.core.state import BILLER, BP_METER, PRINTER, Rules, State
from kiosk.core.visit import messages as m
from kiosk.core.visit.print_messages import OriginalLeft
from kiosk.core.visit.staff import with_overrides
from kiosk.documents.visit_folder import LAID
from kiosk.engine import Engine
from kiosk.gateways import types as g
from kiosk.gateways.record import HealthRecord
from kiosk.journal import Journal
from kiosk.lending import Lending
from kiosk.opening import REMOTE_START, face_of, rules_of
from kiosk.order_text import Letterhead
from kiosk.pages import PageStore
from kiosk.settings import Settings
from kiosk.timers import Chore

if TYPE_CHECKING:
    from kiosk.adapters.desk import Desk
    from kiosk.adapters.look import LookDesk
    from kiosk.adapters.selftests import TestBench
    from kiosk.core.visit.tech_steps import Survey
    from kiosk.diagnostics.switchboard import Switchboard

_log = logging.getLogger(__name__)

PROBE_S = 60.0
PROBE_AGAIN_S = 10.0
"""How often a gateway that can't be reached is asked whether it is back."""
MINUTE_CHECK_S = 5.0
HOUR_S = 3600.0
LIST_S = 20.0
"""How soon the list of booklets hears at the latest what a person has settled."""


@dataclass(frozen=True, slots=True)
class Insight:
    """How everything is, from any thread. ``look_out`` asks the network and takes seconds."""

    survey: Callable[[], Survey]
    look_out: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside the engine, real or simulated.

    ``insight`` tells the staff how everything is; without it only what the engine knows is told.
    ``again`` starts the program anew. Self-tests go through ``board``.
    """

    workers: Mapping[str, DeviceWorker]
    biller: g.Biller
    platforms: Mapping[str, g.QrPayment]
    lanes: Lanes
    record: HealthRecord | None = None
    files: Place | None = None
    pages: PageStore = field(default_factory=PageStore)
    insight: Insight | None = None
    again: Callable[[], None] = lambda: None
    board: Switchboard | None = None
    class_desk: Callable[[], ClassDesk] | None = None
    lending: Lending = field(default_factory=Lending)


def means_of(settings: Settings, platforms: Mapping[str, g.QrPayment]) -> tuple[Means, ...]:
    """The ways of paying this cabin has, with what each can do (design, Money 5)."""
    found = []
    terminal = settings.devices.get(ways.TERMINAL)
    if terminal is not None:
        found.append(_terminal_means(terminal.driver, int(settings.times.terminal_payment)))
    for name, platform in platforms.items():
        can = platform.capabilities
        found.append(
            Means(
                name,
                RefundBy(can.refund.value),
                ways.Commit(can.commit.value),
                polled=True,
                refund_gap_s=can.min_seconds_between_refunds,
                deadline_s=int(settings.times.qr_payment),
            )
        )
    return tuple(found)


def _terminal_means(driver: str, deadline_s: int) -> Means:
    """What a terminal of that driver can do (payment terminal protocols, "What the two terminals
    can and can't do").
    """
    terminal = ways.TERMINAL
    if driver in ZVT_DRIVERS:
        # By receipt number only the whole goes back, and what is offered stands when committed.
        return Means(
            terminal,
            RefundBy.FULL,
            ways.Commit.TWO_PHASE,
            exclusive=terminal,
            deadline_s=deadline_s,
        )
    # ECR Hub: refund by the original number, whole or part; it commits at once.
    return Means(
        terminal,
        RefundBy.PARTIAL,
        exclusive=terminal,
        refund_gap_s=60,
        refund_net=True,
        deadline_s=deadline_s,
    )


def letterhead_of(settings: Settings, localtime: Callable[[float], time.struct_time]) -> Letterhead:
    cabin = settings.cabin
    return Letterhead(
        cabin.name,
        cabin.address,
        cabin.operator_phone,
        settings.refund.days,
        localtime,
        cabin.practice,
    )


def clinic_of(settings: Settings, world: World, head: Letterhead) -> ClinicDesk:
    """Who carries out what the clinic wants."""
    meter, record = settings.devices.get(BP_METER), settings.gateways.record
    return ClinicDesk(
        world.workers,
        world.lanes,
        head,
        world.record,
        token_prefix=record.token_prefix if record else "",
        remote_start=meter is not None and meter.driver in REMOTE_START,
    )


def open_books(settings: Settings, clock: Clock, journal: Journal | None = None) -> Books:
    """Open the journal. Raises JournalBusyError, JournalBrokenError."""
    journal = journal or Journal(settings.cabin.data_dir / "journal.sqlite", wall=clock.wall)
    trusted = TrustedClock(clock, journal.store.last_at)
    least = settings.limits.journal_min_free_mb << 20
    return Books(journal, trusted, settings.cabin.id, least)


def compose_engine(
    settings: Settings,
    books: AnyBooks,
    clock: Clock,
    publish: Callable[[State], None],
    world_of: Callable[[Engine], World],
    localtime: Callable[[float], time.struct_time] = time.localtime,
    probe_s: float = PROBE_S,
) -> Engine:
    """Put engine, adapters and chores together; the caller starts it.

    ``probe_s``: how often a gateway that answers is asked whether it still does.
    """
    engine = Engine(State(Rules("", "", "", ())), books, clock, publish)
    world = world_of(engine)
    state = State(rules_of(settings, means_of(settings, world.platforms)))
    engine.state = with_overrides(state, books.overrides().beside(state.rules.rice))
    head = letterhead_of(settings, localtime)
    terminal = settings.devices.get(ways.TERMINAL)
    adapters = Adapters(
        world.workers,
        world.biller,
        world.platforms,
        world.lanes,
        settings.barcodes,
        head,
        words_of(terminal.driver if terminal is not None else ""),
        clinic_of(settings, world, head),
        booklet := booklets_of(settings, world, clock, localtime),
        documents := _documents(world),
    )
    engine.connect(
        Staff(
            adapters,
            settings.operators,
            world.lanes,
            books,
            clock.monotonic,
            lambda: _desk(settings, world, books, head, engine),
            lambda: _tests(settings, world),
            lambda: _look(settings, world),
            world.class_desk,
        )
    )
    if world.files is not None and LAID in world.files.folder.left_behind:
        engine.post(OriginalLeft())
    if documents is not None:
        engine.add_chore(Chore(RELAY, probe_s, documents.probe_relay, PROBE_AGAIN_S))
    if booklet is not None:
        booklet.find = lambda x: engine.state.orders.get(x) or engine.books.find(x)
        engine.add_chore(Chore("booklets", LIST_S, booklet.look_after))
    engine.add_chore(Chore("face", MINUTE_CHECK_S, _turn_clock(settings, engine, clock, localtime)))
    engine.add_chore(Chore(BILLER, probe_s, adapters.probe_biller, PROBE_AGAIN_S))
    for name in world.platforms:
        engine.add_chore(Chore(name, probe_s, _probe(adapters, name), PROBE_AGAIN_S))
    engine.add_chore(Chore("release", EVERY_S, lambda: adapters.release(engine.state)))
    engine.add_chore(Chore("books", PROBE_S, lambda: _watch_books(engine)))
    engine.add_chore(Chore("forget", HOUR_S, lambda: _forget(engine, settings)))
    return engine


def _desk(
    settings: Settings, world: World, books: AnyBooks, head: Letterhead, engine: Engine
) -> Desk:
    """What the staff's screens ask; made when somebody of the staff first comes in."""
    from kiosk.adapters.desk import Desk
    from kiosk.adapters.survey import survey_of_state

    def survey() -> Survey:
        return survey_of_state(settings, engine.state, books.now_ms())

    printer = world.workers.get(PRINTER)
    insight = world.insight or Insight(survey)
    return Desk(settings, world.lanes, books, printer, head, insight, world.again, {})


def _look(settings: Settings, world: World) -> LookDesk:
    """The doctor and the wire; made when somebody of the staff first wants them."""
    from kiosk.adapters.look import LookDesk

    return LookDesk(settings, world.lanes, world.board)


def _tests(settings: Settings, world: World) -> TestBench:
    """What makes self-tests; made when somebody of the staff first wants one."""
    from kiosk.adapters.selftests import TestBench

    return TestBench(settings, world.lanes, world.board)


def _documents(world: World) -> Documents | None:
    """Who handles what people bring, where something can be printed."""
    printer = world.workers.get(DOCUMENT_PRINTER)
    if world.files is None or printer is None:
        return None
    return Documents(world.files, world.lanes, world.pages, printer, world.workers.get(SCANNER))


def booklets_of(
    settings: Settings,
    world: World,
    clock: Clock,
    localtime: Callable[[float], time.struct_time],
) -> Booklets | None:
    """The list of booklets and who asks it; None in a cabin without. A broken list gives none."""
    rules = settings.booklet
    if rules is None:
        return None
    trusted = TrustedClock(clock, 0)

    def today() -> datetime.date:
        local = localtime(trusted.now_ms() / 1000)
        return datetime.date(local.tm_year, local.tm_mon, local.tm_mday)

    register, trouble = None, ""
    try:
        path = settings.cabin.data_dir / "booklets.json"
        register = Register(path, rules.per_days, today, clock.wall)
    except RegisterBrokenError as error:
        _log.error("%s\nNobody gets a booklet. See the README, “Who has had a booklet”.", error)
        trouble = "broken"
    except OSError as error:
        _log.error("the list of booklets can't be read: %s", error.strerror)
        trouble = "register"
    reader = world.workers.get(READER)
    return Booklets(register, reader, world.lanes, by_code=rules.insurance_code, trouble=trouble)


def _probe(adapters: Adapters, name: str) -> Callable[[], None]:
    return lambda: adapters.probe_platform(name)


def _forget(engine: Engine, settings: Settings) -> None:
    engine.books.forget(settings.privacy.forget_days)


def _watch_books(engine: Engine) -> None:
    trouble = engine.books.trouble()
    if trouble != engine.state.journal_trouble:
        engine.post(m.JournalChanged(trouble))


def _turn_clock(
    settings: Settings,
    engine: Engine,
    clock: Clock,
    localtime: Callable[[float], time.struct_time],
) -> Callable[[], None]:
    def turn() -> None:
        face = face_of(settings, localtime(clock.wall()))
        if face != engine.state.face:
            engine.post(m.ClockTurned(face, engine.books.paid_today()))

    return turn
