"""What is asked of the printer and what it answers, between commands and IPP messages.

Sources: RFC 8011, 4.1 to 4.3 (operations), 5.2 and 5.3 (jobs), 5.4 (printers), B.1 (statuses);
PWG 5100.11 (Cancel-My-Jobs); PWG 5100.13 (printer-input-tray, print-color-mode).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from devices.control import Answer, HttpAnswer
from devices.document_printer import values as v
from devices.document_printer.codec import decode, encode
from devices.document_printer.reasons import Tray, tray

PRINT_JOB, VALIDATE_JOB, CREATE_JOB, SEND_DOCUMENT = 0x02, 0x04, 0x05, 0x06
CANCEL_JOB, GET_JOB, GET_JOBS, GET_PRINTER = 0x08, 0x09, 0x0A, 0x0B
PURGE_JOBS, CANCEL_MY_JOBS = 0x12, 0x39
OPERATIONS: Mapping[int, str] = {
    PRINT_JOB: "Print-Job",
    VALIDATE_JOB: "Validate-Job",
    CREATE_JOB: "Create-Job",
    SEND_DOCUMENT: "Send-Document",
    CANCEL_JOB: "Cancel-Job",
    GET_JOB: "Get-Job-Attributes",
    GET_JOBS: "Get-Jobs",
    GET_PRINTER: "Get-Printer-Attributes",
    PURGE_JOBS: "Purge-Jobs",
    CANCEL_MY_JOBS: "Cancel-My-Jobs",
}

BUSY, VERSION, NOT_FOUND, NOT_POSSIBLE = 0x0507, 0x0503, 0x0406, 0x0404
STATUSES: Mapping[int, str] = {
    0x0400: "the printer doesn't understand the request",
    0x0401: "forbidden",
    0x0402: "the printer wants to know who asks",
    0x0403: "not authorised",
    NOT_POSSIBLE: "not possible now",
    0x0405: "too late",
    NOT_FOUND: "not found",
    0x0407: "gone",
    0x0408: "the document is too large",
    0x0409: "a value is too long",
    0x040A: "the printer can't take this kind of document",
    0x040B: "the printer can't do what is asked",
    0x040F: "compression not supported",
    0x0411: "the document can't be read",
    0x0500: "something is wrong inside the printer",
    0x0501: "the printer doesn't do that",
    0x0502: "the service isn't there now",
    VERSION: "another version of the protocol",
    0x0504: "something is wrong with the device",
    0x0505: "a passing fault",
    0x0506: "the printer takes no jobs now",
    BUSY: "the printer is busy",
    0x0508: "the job was cancelled",
    0x0509: "one document a job",
}
CERTAIN = frozenset((0x0501, VERSION, 0x0506, BUSY, 0x0509))
"""Errors of the server that say for certain that nothing was taken; so do all of the client's."""

PENDING, HELD, JOB_PROCESSING, JOB_STOPPED = 3, 4, 5, 6
CANCELED, ABORTED, COMPLETED = 7, 8, 9
JOB_STATES: Mapping[int, str] = {
    PENDING: "pending",
    HELD: "held",
    JOB_PROCESSING: "processing",
    JOB_STOPPED: "stopped",
    CANCELED: "canceled",
    ABORTED: "aborted",
    COMPLETED: "completed",
}
ENDS = frozenset((CANCELED, ABORTED, COMPLETED))

STATE_NAMES = (
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "printer-input-tray",
)
ABOUT_NAMES = (
    "printer-make-and-model",
    "ipp-versions-supported",
    "operations-supported",
    "document-format-supported",
    "copies-supported",
    "sides-supported",
    "page-ranges-supported",
    "print-color-mode-supported",
    "color-supported",
    "media-supported",
    "media-ready",
    "pages-per-minute",
)
JOB_NAMES = (
    "job-id",
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-impressions",
    "job-impressions-completed",
    "job-media-sheets-completed",
)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the printer says it is and can do; empty or None where it doesn't say."""

    model: str = ""
    versions: tuple[str, ...] = ()
    operations: tuple[int, ...] = ()
    formats: tuple[str, ...] = ()
    copies_most: int | None = None
    sides: tuple[str, ...] = ()
    page_ranges: bool | None = None
    color_modes: tuple[str, ...] = ()
    color: bool | None = None
    media: tuple[str, ...] = ()
    media_ready: tuple[str, ...] = ()
    pages_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class PrinterState:
    """How it is now."""

    state: int | None
    keywords: tuple[str, ...]
    accepting: bool | None
    trays: tuple[Tray, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the printer tells it; None where it doesn't tell, 0 where it counts nothing yet."""

    job_id: int
    name: str
    state: int | None
    keywords: tuple[str, ...]
    impressions: int | None
    impressions_done: int | None
    sheets_done: int | None

    @property
    def has_ended(self) -> bool:
        return self.state in ENDS


@dataclass(frozen=True, slots=True)
class Question:
    """One operation. ``asks`` stand in the operation group, ``job`` in the job group."""

    operation: int
    asks: tuple[v.Attribute, ...] = ()
    job: tuple[v.Attribute, ...] = ()
    document: str | bytes | None = None
    once: bool = False
    patience_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer that means anything. ``sent`` is False when for certain nothing has arrived."""

    reason: str
    sent: bool = True
    detail: str = ""


Said = v.Message | Silence


def one(name: str, tag: int, *data: v.Data) -> v.Attribute:
    """An attribute of values of one kind."""
    return v.Attribute(name, tuple(v.Value(tag, x) for x in data))


def job_id(number: int | None) -> v.Attribute:
    """Which job is meant."""
    return one("job-id", v.INTEGER, number)


def wanted(*names: str) -> v.Attribute:
    """Which attributes are to be told."""
    return one("requested-attributes", v.KEYWORD, *names)


def fidelity() -> tuple[v.Attribute, ...]:
    """What the printer can't do as asked it is to refuse, not to do otherwise (4.1.7)."""
    return (one("ipp-attribute-fidelity", v.BOOLEAN, True),)


def request(
    question: Question, number: int, uri: str, user: str, version: tuple[int, int]
) -> bytes:
    """The IPP part of a request. The first two attributes and their order are the law's (4.1.4)."""
    target = [one("printer-uri", v.URI, uri)]
    asks = (
        one("attributes-charset", v.CHARSET, "utf-8"),
        one("attributes-natural-language", v.LANGUAGE, "en"),
        *target,
        *(x for x in question.asks if x.name == "job-id"),
        one("requesting-user-name", v.NAME, user),
        *(x for x in question.asks if x.name != "job-id"),
    )
    groups = [v.Group(v.OPERATION, asks)]
    if question.job:
        groups.append(v.Group(v.JOB, question.job))
    return encode(v.Message(version, question.operation, number, tuple(groups)))


def understood(answer: Answer, number: int) -> Said:
    """The IPP message in an HTTP answer, or why there is none."""
    if not isinstance(answer, HttpAnswer):
        return Silence("no_channel", sent=False)
    if not answer.status:
        detail = answer.body.decode("utf-8", "replace")
        return Silence(answer.reason, answer.sent, detail)
    if answer.status != 200:
        # What is refused at this level never reached the printing (RFC 8010, 3.4.3).
        return Silence("http", answer.status >= 500, f"HTTP {answer.status}")
    if answer.content_type != "application/ipp":
        return Silence("other_device", detail=f"Content-Type {answer.content_type or 'missing'}")
    message = decode(answer.body)
    if isinstance(message, v.Unreadable):
        return Silence("unreadable", detail=f"{message.why} at byte {message.at}")
    if message.request_id != number:
        return Silence("other_answer", detail=f"answer {message.request_id} to {number}")
    return message


def is_good(message: v.Message) -> bool:
    """Whether what was asked was done (B.1.2)."""
    return message.code < 0x0100


def words_of(message: v.Message) -> tuple[str, str]:
    """A status as its code in hexadecimal and in words, with what the printer names beside it."""
    meaning = STATUSES.get(message.code, "an error that nobody knows")
    named = [x.name for group in message.all(v.UNSUPPORTED) for x in group.attributes]
    said = f"{meaning}: {', '.join(named)}" if named else meaning
    return f"0x{message.code:04x}", said


def capabilities(message: v.Message) -> Capabilities:
    """What an answer to Get-Printer-Attributes says of what the printer can do."""
    group = message.group(v.PRINTER)
    most = next((x.high for x in group.find("copies-supported") if isinstance(x, v.Range)), None)
    return Capabilities(
        group.word("printer-make-and-model"),
        group.words("ipp-versions-supported"),
        tuple(x for x in group.find("operations-supported") if type(x) is int),
        group.words("document-format-supported"),
        most,
        group.words("sides-supported"),
        group.switch("page-ranges-supported"),
        group.words("print-color-mode-supported"),
        group.switch("color-supported"),
        group.words("media-supported"),
        group.words("media-ready"),
        group.whole("pages-per-minute"),
    )


def printer_state(message: v.Message) -> PrinterState:
    """What it says of how the printer is."""
    group = message.group(v.PRINTER)
    raw = (x for x in group.find("printer-input-tray") if isinstance(x, bytes))
    return PrinterState(
        group.whole("printer-state"),
        group.words("printer-state-reasons"),
        group.switch("printer-is-accepting-jobs"),
        tuple(found for x in raw if (found := tray(x.decode("ascii", "replace"))) is not None),
    )


def jobs(message: v.Message) -> tuple[Job, ...]:
    """Every job in an answer, those without a number left out."""
    found = (_job(group) for group in message.all(v.JOB))
    return tuple(x for x in found if x is not None)


def _job(group: v.Group) -> Job | None:
    job_id = group.whole("job-id")
    if job_id is None:
        return None
    return Job(
        job_id,
        group.word("job-name"),
        group.whole("job-state"),
        group.words("job-state-reasons"),
        group.whole("job-impressions"),
        group.whole("job-impressions-completed"),
        group.whole("job-media-sheets-completed"),
    )
