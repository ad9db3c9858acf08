"""The report of a simulated run as a picture: load by hour, services, troubles, money and wares."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from kiosk.soak_report import Report

WIDTH, HEIGHT, EDGE = 1500, 1110, 50
INK, SOFT, RULE, PAPER = "#1f2933", "#616e7c", "#d9e0e6", "#ffffff"
BLUE, PALE, AMBER, GREEN, RED = "#2f6f9f", "#a9cbe3", "#c9781f", "#2e7d4f", "#b3261e"
SMALL, PLAIN, HEAD, TITLE = 19, 22, 26, 38
HALF = (WIDTH - 3 * EDGE) // 2

NAMES = {"rice": "rice, g", "pages": "sides printed", "booklet": "booklets"}

Row = tuple[str, float, str]
"""A bar: its name, its length, and what stands behind it."""


class _Page:
    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        self._draw = ImageDraw.Draw(self.image)

    def write(
        self, at: tuple[float, float], words: str, size: int, ink: str = INK, anchor: str = "la"
    ) -> None:
        font = ImageFont.load_default(size=size)
        self._draw.text(at, words, font=font, fill=ink, anchor=anchor)

    def box(self, left: float, top: float, right: float, bottom: float, ink: str) -> None:
        if right > left and bottom > top:
            self._draw.rectangle((left, top, right, bottom), fill=ink)

    def rule(self, left: float, top: float, right: float) -> None:
        self._draw.line((left, top, right, top), fill=RULE, width=2)


def draw(report: Report, file: Path) -> None:
    """Write the picture. OSError if the file can't be written."""
    page = _Page()
    _heading(page, report)
    _hours(page, report, 190, 190)
    right = 2 * EDGE + HALF
    services = report.services.items()
    rows: list[Row] = [
        (name, x.came, f"{x.came} came, {x.served} served")
        for name, x in sorted(services, key=lambda x: -x[1].came)
    ]
    _bars(page, (EDGE, 500), "Errands by service", rows, BLUE)
    struck: list[Row] = [(x, n, str(n)) for x, n in report.struck.most_common()]
    _bars(page, (right, 500), "Troubles by what they struck", struck, AMBER)
    _money(page, report, (EDGE, 845))
    page.image.save(file)


def _heading(page: _Page, report: Report) -> None:
    page.write((EDGE, 36), "A simulated cabin, and its books", TITLE)
    page.write(
        (EDGE, 90),
        f"{report.residents} visits, simulated days: {report.days:g}; "
        f"{report.faults:g} troubles an errand, seed {report.seed}; took {report.seconds:.1f} s",
        PLAIN,
        SOFT,
    )
    words, ink = ("the books are right", GREEN) if report.good else ("THE BOOKS DIFFER", RED)
    page.write((WIDTH - EDGE, 48), words, HEAD, ink, "ra")


def _hours(page: _Page, report: Report, top: int, height: int) -> None:
    """Two bars for each hour: visits that began, and minutes in which somebody was there."""
    page.write((EDGE, top - 50), "Load by hour of the day", HEAD)
    page.box(WIDTH - 560, top - 42, WIDTH - 544, top - 26, BLUE)
    page.write((WIDTH - 536, top - 46), "visits begun", SMALL, SOFT)
    page.box(WIDTH - 380, top - 42, WIDTH - 364, top - 26, PALE)
    page.write((WIDTH - 356, top - 46), "minutes with somebody there", SMALL, SOFT)
    foot, width = top + height, (WIDTH - 2 * EDGE) / 24
    minutes = [x / 60 for x in report.busy_s]
    most, longest = max([1.0, *report.arrivals]), max([1.0, *minutes])
    for hour in range(24):
        left = EDGE + hour * width
        visits = report.arrivals[hour]
        high = foot - (height - 34) * visits / most
        page.box(left + 4, high, left + width / 2 - 1, foot, BLUE)
        low = foot - (height - 34) * minutes[hour] / longest
        page.box(left + width / 2 + 1, low, left + width - 4, foot, PALE)
        if visits:
            page.write((left + width / 4 + 2, high - 3), f"{visits:.0f}", SMALL, INK, "mb")
        if minutes[hour] >= 0.5:
            at = (left + 3 * width / 4 - 2, low - 3)
            page.write(at, f"{minutes[hour]:.0f}", SMALL, SOFT, "mb")
        page.write((left + width / 2, foot + 8), f"{hour}", SMALL, SOFT, "ma")
    page.rule(EDGE, foot, WIDTH - EDGE)


def _bars(page: _Page, at: tuple[int, int], head: str, rows: list[Row], ink: str) -> None:
    left, top = at
    page.write((left, top - 48), head, HEAD)
    most = max([1.0, *(x for _, x, _ in rows)])
    room = HALF - 190 - 190
    for number, (name, value, words) in enumerate(rows):
        y = top + number * 24
        page.write((left, y), name.replace("_", " "), SMALL)
        end = left + 190 + room * value / most
        page.box(left + 190, y + 3, end, y + 19, ink)
        page.write((end + 8, y), words, SMALL, SOFT)
    if not rows:
        page.write((left, top), "none", SMALL, SOFT)


def _money(page: _Page, report: Report, at: tuple[int, int]) -> None:
    """What was charged and what became of it, to the fen; then each ware in its own units."""
    left, top = at
    page.write((left, top - 42), "Where everything went", HEAD)
    columns = ("", "paid", "delivered", "paid back", "openly unknown", "by the machine")
    rows: list[tuple[str, ...]] = [columns]
    if (found := report.audit) is not None:
        fen = (found.charged_fen, found.posted_fen, found.refunded_fen, found.unknown_fen)
        rows.append(("money, yuan", *(f"{x / 100:,.2f}" for x in fen), ""))
    for x in report.wares:
        units = (x.paid, x.given, x.back, x.unknown, x.counted)
        rows.append((NAMES[x.ware], *(f"{n:,}" for n in units)))
    for number, row in enumerate(rows):
        y = top + number * 36
        page.write((left, y), row[0], PLAIN)
        for column, words in enumerate(row[1:], 1):
            x_at = left + 190 + column * 234
            page.write((x_at, y), words, PLAIN, INK if number else SOFT, "ra")
        page.rule(left, y + 30, WIDTH - EDGE)
    _foot(page, report, top + len(rows) * 36 + 12)


def _foot(page: _Page, report: Report, top: int) -> None:
    words = (
        f"{report.refunds} refunds, {report.restarts} restarts, {report.measurements} measurements "
        f"of blood pressure, {report.rows} journal rows checked"
    )
    page.write((EDGE, top), words, PLAIN, SOFT)
    if report.all_differences:
        page.write((EDGE, top + 32), report.all_differences[0][:110], PLAIN, RED)
