"""What the simulated document printer says over IPP (RFC 8011, section 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.devices.document_jobs import COLORS, MEDIA, MOST_COPIES, SIDES, Job, refused
from sim.devices.ipp_frames import (
    JOB_GROUP,
    OPERATION_GROUP,
    PRINTER_GROUP,
    UNSUPPORTED_GROUP,
    Attributes,
    FrameError,
    Request,
    put,
    read,
    write,
)

if TYPE_CHECKING:
    from sim.devices.document_printer import DocumentPrinter

IPP = "application/ipp"
OPERATIONS = {
    0x02: "Print-Job",
    0x04: "Validate-Job",
    0x05: "Create-Job",
    0x06: "Send-Document",
    0x08: "Cancel-Job",
    0x09: "Get-Job-Attributes",
    0x0A: "Get-Jobs",
    0x0B: "Get-Printer-Attributes",
    0x12: "Purge-Jobs",
    0x39: "Cancel-My-Jobs",
}
OK, BAD, NOT_POSSIBLE, NOT_FOUND, FORMAT = 0x0000, 0x0400, 0x0404, 0x0406, 0x040A
VALUES, OPERATION, VERSION, BUSY = 0x040B, 0x0501, 0x0503, 0x0507
MAKES_WORK = ("Print-Job", "Create-Job", "Send-Document")
FORMATS = ("application/pdf", "application/octet-stream")

Groups = list[tuple[int, Attributes]]


@dataclass(frozen=True)
class Reply:
    """An HTTP answer; with `cut` the line goes after so many bytes of its body."""

    status: int
    content_type: str
    body: bytes
    cut: int | None = None


class _RefusedError(Exception):
    """The status to answer with."""

    def __init__(self, status: int, groups: Groups | None = None) -> None:
        super().__init__(status)
        self.status, self.groups = status, groups or []


class Answerer:
    """Answers requests on behalf of `printer`. `without`: operations that it doesn't do."""

    def __init__(self, printer: DocumentPrinter) -> None:
        self._printer = printer
        self.without: frozenset[str] = frozenset()
        self._do: dict[str, Callable[[Request], Groups]] = {
            "Print-Job": self._print,
            "Validate-Job": self._validate,
            "Create-Job": self._create,
            "Send-Document": self._send,
            "Cancel-Job": self._cancel,
            "Get-Job-Attributes": self._job,
            "Get-Jobs": self._jobs,
            "Get-Printer-Attributes": self._about,
            "Purge-Jobs": self._purge,
            "Cancel-My-Jobs": self._cancel_mine,
        }

    @staticmethod
    def name_of(body: bytes) -> str:
        """The operation that a request is for, as far as can be seen."""
        return OPERATIONS.get(int.from_bytes(body[2:4], "big"), "") if len(body) > 4 else ""

    def answer(self, body: bytes, *, busy: bool) -> Reply:
        """Do what is asked, and say what came of it."""
        try:
            request = read(body)
        except FrameError:
            number = body[4:8].ljust(4, b"\0")
            return Reply(200, IPP, write(b"\x02\x00", BAD, number, [(OPERATION_GROUP, _HEAD)]))
        status, groups = OK, list[tuple[int, Attributes]]()
        try:
            groups = self._carry_out(request, busy)
        except _RefusedError as refusal:
            status, groups = refusal.status, refusal.groups
        version = request.version if request.version[:1] in (b"\1", b"\2") else b"\x02\x00"
        whole = [(OPERATION_GROUP, _HEAD), *groups]
        return Reply(200, IPP, write(version, status, request.number, whole))

    def _carry_out(self, request: Request, busy: bool) -> Groups:
        if request.version[:1] not in (b"\1", b"\2"):
            raise _RefusedError(VERSION)
        name = OPERATIONS.get(request.operation, "")
        if not name or name in self.without:
            raise _RefusedError(OPERATION)
        first = list(request.groups.get(OPERATION_GROUP, {}))[:2]
        if first != ["attributes-charset", "attributes-natural-language"]:
            raise _RefusedError(BAD)
        if not request.asked("printer-uri") and not request.asked("job-uri"):
            raise _RefusedError(BAD)
        if busy and name in MAKES_WORK:
            raise _RefusedError(BUSY)
        return self._do[name](request)

    # ---- jobs ----

    def _validate(self, request: Request) -> Groups:
        form = request.text("document-format", FORMATS[0])
        if form not in FORMATS:
            raise _RefusedError(
                FORMAT, [(UNSUPPORTED_GROUP, {"document-format": put("mime", form)})]
            )
        bad = refused(request.groups.get(JOB_GROUP, {}))
        if bad and request.is_on("ipp-attribute-fidelity"):
            raise _RefusedError(VALUES, [(UNSUPPORTED_GROUP, bad)])
        return [(UNSUPPORTED_GROUP, bad)] if bad else []

    def _make(self, request: Request) -> Job:
        self._validate(request)
        self._printer.last_number += 1
        wishes = dict(request.groups.get(JOB_GROUP, {}))
        for name in refused(wishes):
            del wishes[name]
        job = Job(
            self._printer.last_number,
            request.text("job-name", "untitled"),
            request.text("requesting-user-name", "anonymous"),
            wishes,
        )
        self._printer.new_job(job)
        return job

    def _create(self, request: Request) -> Groups:
        return self._told(self._make(request), request)

    def _print(self, request: Request) -> Groups:
        job = self._make(request)
        self._printer.give(job, request.document)
        return self._told(job, request)

    def _send(self, request: Request) -> Groups:
        job = self._meant(request)
        if job.is_over or job.has_document:
            raise _RefusedError(NOT_POSSIBLE)
        if request.text("document-format", FORMATS[0]) not in FORMATS:
            raise _RefusedError(FORMAT)
        if not request.asked("last-document"):
            raise _RefusedError(BAD)
        self._printer.give(job, request.document)
        return self._told(job, request)

    def _cancel(self, request: Request) -> Groups:
        job = self._meant(request)
        if job.is_over:
            raise _RefusedError(NOT_POSSIBLE)
        self._printer.cancel(job)
        return []

    def _cancel_mine(self, request: Request) -> Groups:
        for job in self._printer.jobs.values():
            if job.user == request.text("requesting-user-name", "anonymous"):
                self._printer.cancel(job)
        return []

    def _purge(self, request: Request) -> Groups:  # noqa: ARG002
        for job in self._printer.jobs.values():
            self._printer.cancel(job)
        self._printer.jobs.clear()
        return []

    def _job(self, request: Request) -> Groups:
        return self._told(self._meant(request), request)

    def _jobs(self, request: Request) -> Groups:
        which = request.text("which-jobs", "not-completed")
        user = request.text("requesting-user-name", "anonymous")
        found = [
            job
            for job in self._printer.jobs.values()
            if job.is_over == (which == "completed")
            and (not request.is_on("my-jobs") or job.user == user)
        ]
        if which == "completed":
            found.reverse()
        limit = request.number_of("limit")
        return [group for job in found[:limit] for group in self._told(job, request)]

    def _meant(self, request: Request) -> Job:
        number = request.number_of("job-id")
        if number is None:
            tail = request.text("job-uri").rpartition("/")[2]
            number = int(tail) if tail.isdecimal() else None
        job = self._printer.jobs.get(number or 0)
        if job is None:
            raise _RefusedError(NOT_FOUND)
        return job

    def _told(self, job: Job, request: Request) -> Groups:
        uri = request.text("printer-uri", "ipp://localhost/ipp/print")
        return [(JOB_GROUP, _wanted(job.attributes(uri, self._printer.counts), request))]

    # ---- the printer ----

    def _about(self, request: Request) -> Groups:
        return [(PRINTER_GROUP, _wanted(self._attributes(request.text("printer-uri")), request))]

    def _attributes(self, uri: str) -> Attributes:
        printer = self._printer
        trays = [
            f"type=sheetFeedAutoRemovableTray;mediafeed={tray.size[0]};mediaxfeed={tray.size[1]};"
            f"maxcapacity=250;level={tray.sheets};status=0;name=tray-{tray.name};"
            for tray in printer.trays
        ]
        ready = {tray.media for tray in printer.trays if tray.sheets}
        done = [n for n, name in OPERATIONS.items() if name not in self.without]
        waiting = sum(not job.is_over for job in printer.jobs.values())
        return {
            **_FIXED,
            "printer-uri-supported": put("uri", uri),
            "printer-state": put("enum", printer.printer_state()),
            "printer-state-reasons": put("keyword", *(printer.reasons() or ["none"])),
            "printer-up-time": put("integer", 1 + int(printer.now)),
            "queued-job-count": put("integer", waiting),
            "operations-supported": put("enum", *done),
            "media-ready": put("keyword", *sorted(ready)) if ready else put("none", b""),
            "printer-input-tray": put("octets", *(text.encode("ascii") for text in trays)),
            "pages-per-minute": put("integer", printer.pages_per_minute),
        }


def _wanted(attributes: Attributes, request: Request) -> Attributes:
    """What of them was asked for; groups of names mean all."""
    names = set(request.texts("requested-attributes"))
    groups = {"all", "job-description", "printer-description", "job-template"}
    if not names or names & groups:
        return attributes
    return {name: values for name, values in attributes.items() if name in names}


_HEAD: Attributes = {
    "attributes-charset": put("charset", "utf-8"),
    "attributes-natural-language": put("language", "en"),
}
_SIZE = [
    *put("member", "x-dimension"),
    *put("integer", 21000),
    *put("member", "y-dimension"),
    *put("integer", 29700),
]
_A4 = [*put("open", b""), *put("member", "media-size"), *put("open", b""), *_SIZE]
_FIXED: Attributes = {
    "media-col-default": [*_A4, *put("close", b""), *put("close", b"")],
    "printer-location": put("text", ""),
    "printer-more-info": put("uri", "http://localhost/"),
    "charset-configured": put("charset", "utf-8"),
    "charset-supported": put("charset", "utf-8"),
    "compression-supported": put("keyword", "none"),
    "document-format-default": put("mime", FORMATS[0]),
    "document-format-supported": put("mime", *FORMATS),
    "generated-natural-language-supported": put("language", "en"),
    "ipp-versions-supported": put("keyword", "1.1", "2.0"),
    "natural-language-configured": put("language", "en"),
    "pdl-override-supported": put("keyword", "attempted"),
    "printer-info": put("text", "Simulated document printer"),
    "printer-is-accepting-jobs": put("boolean", True),
    "printer-make-and-model": put("text", "Example Simulated document printer"),
    "printer-name": put("name", "cabin"),
    "uri-authentication-supported": put("keyword", "requesting-user-name"),
    "uri-security-supported": put("keyword", "none"),
    "color-supported": put("boolean", True),
    "copies-default": put("integer", 1),
    "copies-supported": put("range", (1, MOST_COPIES)),
    "media-default": put("keyword", MEDIA[0]),
    "media-supported": put("keyword", *MEDIA),
    "page-ranges-supported": put("boolean", True),
    "print-color-mode-default": put("keyword", "auto"),
    "print-color-mode-supported": put("keyword", *COLORS),
    "sides-default": put("keyword", SIDES[0]),
    "sides-supported": put("keyword", *SIDES),
    "which-jobs-supported": put("keyword", "completed", "not-completed"),
    "multiple-operation-time-out": put("integer", 60),
}
