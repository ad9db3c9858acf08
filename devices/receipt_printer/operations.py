"""What a receipt printer can be asked to do, declared for the command line and the technician."""

from __future__ import annotations

from collections.abc import Mapping

from devices.operations import Operation, Parameter
from devices.receipt_printer.document import Ask, Columns, Cut, Document, Print, Qr, Rule, Text

_RULER = "".join(str(n % 10) for n in range(1, 49))
"""As wide as the paper in its narrow font: 48 columns at 80 mm."""


def sample(text: str) -> Document:
    """A slip that shows at a glance what the printer can do."""
    sizes = tuple(Text(f"数字小屋 {n}", (n, n)) for n in (1, 2, 3))
    return (
        Text(text, (2, 2), bold=True, align="center"),
        Rule(),
        Text(_RULER),
        *sizes,
        Columns("左", "右"),
        Qr(text),
        Cut(),
    )


def _print(job_id: str, text: str) -> Print:
    return Print(job_id, sample(text))


def _lines(job_id: str, text: str) -> Print:
    return Print(job_id, (*(Text(x) for x in text.split("\n")), Cut()))


ESCPOS: Mapping[str, Operation] = {
    "ask": Operation("paper, cover and cutter, as the printer says", Ask),
    "print": Operation(
        "a sample slip: ruler, sizes, a code, a cut",
        _print,
        {
            "text": Parameter(str, "what its heading and its code say", "TEST"),
            "job_id": Parameter(str, "prints once for each id", "sample"),
        },
        patience_s=60.0,
    ),
    "text": Operation(
        "lines of text and a cut",
        _lines,
        {
            "text": Parameter(str, "the lines"),
            "job_id": Parameter(str, "prints once for each id"),
        },
        patience_s=60.0,
    ),
}
