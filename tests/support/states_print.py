"""Printing, up to the paper in the hand, as synthetic states."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.events import Delivery
from kiosk.core.goods import Goods, Progress
from kiosk.core.print_price import PrintRule
from kiosk.core.printing import (
    DOCUMENT_PRINTER,
    RELAY,
    SCANNER,
    PrintChoice,
    PrintShop,
    goods_of,
)
from kiosk.core.state import Device, Level, State
from kiosk.core.visit.print_choices import (
    AwaitUpload,
    ChangePrint,
    ChooseFile,
    ChooseFileSource,
    ChooseOriginal,
    ChoosePages,
    LayOriginal,
    LookAtFile,
    OpeningFile,
    Original,
    PreparingPrint,
    Scanning,
    StickFile,
    TakeOriginal,
)
from kiosk.core.visit.print_steps import MADE_OF, PRINTER_SAYS_NO
from kiosk.core.visit.steps import ConfirmGoods, Home, OutOfService, Overlay, Step
from kiosk.documents.codes import Trouble
from tests.support import states as s
from tests.support.print_shop import SHOP
from tests.support.states_goods import BACK, GIFT, bought, gave, with_machines

URL = "https://print.example.org/u/AAAAAAAAAAAAAAAAAAAAAA"
REPORT = PrintChoice("体检报告.pdf", 3, picture=1, last=3)
BOTH = replace(REPORT, copies=2, both_sides=True)
FREE = replace(SHOP, rule=replace(SHOP.rule, free_pages=10))
FEW = replace(SHOP, phone=False, both_sides=False, colour=False)
FILES = tuple(
    StickFile(name, folder, size)
    for name, folder, size in (
        ("体检报告.pdf", "", 120_000),
        ("全家福.jpg", "照片", 4_300_000),
        ("居住证明.pdf", "办事", 812_000),
        ("存折.png", "办事", 1_400_000),
        ("孙子的画.jpg", "照片", 2_900_000),
        ("老房子.jpg", "照片", 3_100_000),
    )
)


def goods(choice: PrintChoice = BOTH, shop: PrintShop = SHOP) -> Goods:
    name = MADE_OF[choice.colour, choice.both_sides]
    return goods_of(shop.rule, choice, "0123456789abcdef", name)


def printing(state: State, shop: PrintShop = SHOP) -> State:
    """The state in a cabin that prints."""
    return with_machines(replace(state, rules=replace(state.rules, printing=shop)))


def _open(step: Step, choice: PrintChoice = REPORT) -> State:
    state = s.at(step)
    return replace(state, visit=replace(state.visit, document=choice))


def _out(progress: Progress, *events: e.OrderEvent, what: Goods | None = None) -> State:
    what = what or goods()
    means = s.TERMINAL if what.total_fen else GIFT
    paid = (s.paid(what.total_fen),) if what.total_fen else ()
    return s.with_order(bought(what, *paid, *events, means=means), progress=progress)


def _ended(result: Delivery, units: int, code: str = "", *more: e.OrderEvent) -> State:
    events = (s.paid(goods().total_fen), gave(result, units, 0, code), *more, s.printed(1))
    return s.with_order(bought(goods(), *events))


_FREE = goods(shop=FREE)
_STATES: dict[str, State] = {
    "home_print": s.at(Home()),
    "print_source": s.at(ChooseFileSource()),
    "print_source_trouble": s.at(ChooseFileSource(Trouble.ENCRYPTED.value)),
    "print_source_lost": s.at(ChooseFileSource("lost")),
    "print_upload_wait": s.at(AwaitUpload(1)),
    "print_upload": s.at(AwaitUpload(1, URL)),
    "print_upload_receiving": s.at(AwaitUpload(1, URL, receiving=True)),
    "print_files_none": s.at(ChooseFile(1)),
    "print_files_unread": s.at(ChooseFile(1, unread=True)),
    "print_files_empty": s.at(ChooseFile(1, ())),
    "print_files": s.at(ChooseFile(1, FILES[:3])),
    "print_files_many": s.at(ChooseFile(1, FILES)),
    "print_files_end": s.at(ChooseFile(1, FILES, more=True, top=4)),
    "print_opening": s.at(OpeningFile(1)),
    "print_document": _open(LookAtFile()),
    "print_document_drawing": _open(LookAtFile(), replace(REPORT, shown=2, picture=0)),
    "print_document_one": _open(LookAtFile(), replace(REPORT, pages=1, last=1)),
    "print_document_refused": _open(LookAtFile(), replace(BOTH, trouble=PRINTER_SAYS_NO)),
    "print_document_long": _open(LookAtFile(), replace(REPORT, pages=80, last=50)),
    "print_change": _open(ChangePrint()),
    "print_change_both": _open(ChangePrint(), replace(BOTH, colour=True)),
    "print_change_most": _open(ChangePrint(), replace(BOTH, copies=10)),
    "print_change_one": _open(ChangePrint(), replace(REPORT, pages=1, last=1)),
    "print_pages": _open(ChoosePages()),
    "print_pages_some": _open(ChoosePages(), replace(REPORT, pages=80, first=7, last=31)),
    "print_preparing": _open(PreparingPrint(1)),
    "print_confirm": _open(ConfirmGoods(goods())),
    "pages_sending": _out(Progress(0, 6, "sending")),
    "pages_waiting": _out(Progress(0, 6, "waiting")),
    "pages_printing": _out(Progress(2, 6)),
    "pages_stopped": _out(Progress(2, 6, "paper_out")),
    "pages_stopping": _out(Progress(2, 6, "stopping")),
    "pages_out_of_reach": _out(Progress(2, 6, "no_answer")),
    "pages_free_stopped": _out(Progress(1, 6, "jammed"), what=_FREE),
    "pages_done": _ended(Delivery.DONE, 6),
    "pages_some": _ended(Delivery.NOT_DONE, 2, "canceled", BACK),
    "pages_unknown": _ended(Delivery.UNDECIDABLE, 0, "uncounted"),
    "print_paper_out": s.at(OutOfService("document_printer:paper_out")),
}
STATES = {name: printing(state) for name, state in _STATES.items()}
for _reason in ("paper_out", "no_answer"):
    _down = printing(s.at(Home()))
    _devices = {**_down.devices, DOCUMENT_PRINTER: Device(Level.UNAVAILABLE, _reason)}
    STATES[f"home_print_{_reason}"] = replace(_down, devices=_devices)
_cut = printing(s.at(ChooseFileSource("not_reached")))
STATES["print_source_cut"] = replace(
    _cut, devices={**_cut.devices, RELAY: Device(Level.UNAVAILABLE, "unreachable")}
)
_READY = {SCANNER: Device(Level.READY)}
COPIES = replace(SHOP, scanner=True)


def copying(step: Step, scanner: Device = _READY[SCANNER]) -> State:
    """The state in a cabin with a scanner, at somebody's who copies."""
    state = printing(s.at(step), COPIES)
    laid = not isinstance(step, Home | ChooseFileSource | TakeOriginal)
    visit = replace(state.visit, original=laid)
    return replace(state, devices={**state.devices, SCANNER: scanner}, visit=visit)


_CARD, _PAGE = Original.CARD, Original.PAGE
STATES |= {
    "home_copy": copying(Home()),
    "print_source_copy": copying(ChooseFileSource()),
    "print_source_copy_off": copying(ChooseFileSource(), Device(Level.UNAVAILABLE, "no_answer")),
    "print_copy": copying(ChooseOriginal()),
    "print_lay_card": copying(LayOriginal(_CARD)),
    "print_lay_back": copying(LayOriginal(_CARD, 2)),
    "print_lay_page": copying(LayOriginal(_PAGE)),
    "print_lay_trouble": copying(LayOriginal(_CARD, 2, "gone")),
    "print_scanning_card": copying(Scanning(1, _CARD, 1, 40)),
    "print_scanning_back": copying(Scanning(1, _CARD, 2, 0)),
    "print_scanning_page": copying(Scanning(1, _PAGE, 1, 100)),
    "print_take": copying(TakeOriginal()),
    "print_document_copy": replace(
        printing(_open(LookAtFile(), PrintChoice("身份证复印件", 1, picture=1)), COPIES)
    ),
}
STATES["print_source_few"] = printing(s.at(ChooseFileSource()), FEW)
STATES["print_change_few"] = printing(_open(ChangePrint()), FEW)
STATES["print_document_free"] = printing(_open(LookAtFile()), FREE)
STATES["print_confirm_free"] = printing(_open(ConfirmGoods(_FREE)), FREE)


def extremes() -> dict[str, State]:
    """The longest names, the largest sums, every trouble."""
    dear = PrintShop(PrintRule(10_000, 10_000, 0, 99, 50, 10))
    most = PrintChoice("W" * 40, 300, 300, 1, 251, 300, 10, both_sides=True, colour=True)
    names = ("W" * 36 + ".pdf", "喜" * 40, "a.b" * 13, "□" * 40, "i" * 36 + ".jpg")
    files = tuple(StickFile(x, "喜" * 20, 49_900_000) for x in names)
    codes = [x.value for x in Trouble] + ["not_reached", "expired", "lost"]
    found = {f"print_source_{x}": printing(s.at(ChooseFileSource(x))) for x in codes}
    for name, step in (
        ("print_document", LookAtFile()),
        ("print_change", ChangePrint()),
        ("print_pages", ChoosePages()),
    ):
        found[f"{name}_most"] = printing(_open(step, most), dear)
    found["print_document_both"] = printing(
        _open(LookAtFile(), replace(most, trouble=PRINTER_SAYS_NO)), dear
    )
    found["print_files_long"] = printing(s.at(ChooseFile(1, files, more=True)))
    found["pages_printing_most"] = printing(_out(Progress(499, 500), what=goods(most, dear)), dear)
    for reason in ("tray_missing", "cover_open", "toner_out", "output_full", "paused"):
        found[f"pages_{reason}"] = printing(_out(Progress(2, 6, reason)))
    for code in ("cover_open", "busy", "half", "jammed", "gone"):
        found[f"print_lay_{code}"] = copying(LayOriginal(_PAGE, 1, code))
    for code in Trouble:
        found[f"print_source_copy_{code.value}"] = copying(ChooseFileSource(code.value))
    for reason in ("busy", "cover_open", "port_missing"):
        device = Device(Level.UNAVAILABLE, reason)
        found[f"print_source_copy_is_{reason}"] = copying(ChooseFileSource(), device)
    for name in ("print_source", "print_files", "pages_printing", "print_lay_card", "print_take"):
        state = STATES[name]
        visit = replace(state.visit, overlay=Overlay.HELP)
        found[f"help_{name}"] = replace(state, visit=visit)
    return found
