"""Words about printing that several screens share."""

from __future__ import annotations

from kiosk.core.printing import PrintChoice, PrintShop, price_of
from kiosk.core.state import State
from kiosk.core.visit.print_steps import PRINTER_SAYS_NO
from kiosk.documents.codes import Trouble
from kiosk.documents.sentences import sentence
from kiosk.i18n import N_, _
from kiosk.relay.sentences import EXPIRED, LOST, NOT_REACHED
from kiosk.speech.utterance import Part, if_asked
from screens.widgets.label import Amount, Label

PRICE_MM = 30.0
LARGE_FEN = 100_000
BETWEEN = " · "
LONGEST_SAID = 12
_OTHERS = {
    "not_reached": NOT_REACHED,
    "expired": EXPIRED,
    "lost": LOST,
    PRINTER_SAYS_NO: N_("打印机说不能这样打。请改一改，比如单面、黑白，再试一次。"),
}
COPIES = (N_("身份证复印件"), N_("一页复印件"))
"""The names of copies (``kiosk.documents.copies``); every other name is a file's own."""
JOBS = (N_("黑白打印 单面"), N_("黑白打印 双面"), N_("彩色打印 单面"), N_("彩色打印 双面"))
"""The names of printed goods, for other languages (``print_steps.MADE_OF``)."""


def trouble_words(code: str) -> str:
    """Why a file came to nothing, as a sentence; empty for no trouble."""
    if not code:
        return ""
    known = _OTHERS.get(code)
    return _(known) if known else sentence(Trouble(code))


def name_words(name: str) -> str:
    """An open file's name as it is shown; a copy is called what it is."""
    return _(name) if name in COPIES else _("文件：{name}").format(name=name)


def aloud(name: str, text: str = "") -> Part:
    """A file's name as it is said when somebody asks; a long one is noise, and is left out."""
    return if_asked((text or name) if len(name) <= LONGEST_SAID else "")


def chosen(state: State) -> tuple[PrintChoice, PrintShop]:
    """The open file's settings and the cabin's rules. Raises ValueError if there are none."""
    choice, shop = state.visit.document, state.rules.printing
    if choice is None or shop is None:
        raise ValueError("no file is open")
    return choice, shop


def pages_words(choice: PrintChoice) -> str:
    """``全部 3 页``, ``第 2 页``, ``第 2–5 页``."""
    if (choice.first, choice.last) == (1, choice.pages):
        return _("全部 {n} 页").format(n=choice.pages)
    if choice.first == choice.last:
        return _("第 {n} 页").format(n=choice.first)
    return _("第 {first}–{last} 页").format(first=choice.first, last=choice.last)


def how_words(choice: PrintChoice) -> tuple[str, str, str]:
    """``2 份``, ``双面``, ``黑白``."""
    copies = _("{n} 份").format(n=choice.copies)
    sides = _("双面") if choice.both_sides else _("单面")
    colour = _("彩色") if choice.colour else _("黑白")
    return copies, sides, colour


def price_words(choice: PrintChoice, shop: PrintShop) -> tuple[int, str]:
    """The price in fen, and what it is for: ``一共 6 面``, free ones said."""
    asked = choice.asked(shop.rule)
    sides = asked.impressions
    free = min(shop.rule.free_pages, sides)
    words = _("一共 {n} 面").format(n=sides)
    if free:
        words = _("一共 {n} 面，\n{free} 面不要钱").format(n=sides, free=free)
    return price_of(shop.rule, choice), words


def show_price(amount: Amount, fen: int) -> None:
    """The largest thing on the screen; a sum of many figures is a little smaller. Lay out after."""
    amount.resize(PRICE_MM if fen < LARGE_FEN else 20.0)
    amount.show(fen)


def shortened(name: str, label: Label, room: int) -> str:
    """A file's name as long as it fits on a line of that label, its ending kept; room in pixels."""
    measure = label.kit.texts.measure(label.face, label.theme.px(label.em_mm))
    if measure(name) <= room:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 5:
        stem, dot, ending = name, "", ""
    while stem and measure(f"{stem}…{dot}{ending}") > room:
        stem = stem[:-1]
    return f"{stem}…{dot}{ending}"
