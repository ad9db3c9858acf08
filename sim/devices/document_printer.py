"""The document printer: two trays, a path, toner, and jobs that come over IPP.

Pages come out one by one; what keeps them from coming (no paper, a jam, an open cover, no toner)
stops the printer and lets the job wait. What is said over IPP is `document_ipp`'s. Written from
"Receipt printer and document printer", 3c, and RFC 8011.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.devices.document_ipp import MAKES_WORK, Answerer, Reply
from sim.devices.document_jobs import (
    ABORTED,
    CANCELED,
    COMPLETED,
    HELD,
    NAMES,
    PENDING,
    PROCESSING,
    STOPPED,
    Job,
)
from sim.devices.model import Action, ActionError, Model, Timer, whole_of
from sim.faults import Fault, Faults

ANSWER_S = 0.02
HANG_S = 60.0  # a connection on which nothing is ever said ends at last
INCOMING_S = 60.0  # so long a job without a document is kept
TRAY_HOLDS, LOW = 250, 20
TONER_A_SIDE = 0.05
WARM_UP_S = 1.0


@dataclass
class Tray:
    """`sheets` of paper of one size."""

    name: str
    media: str
    sheets: int
    size: tuple[int, int]  # feed and cross-feed in hundredths of a millimetre


class DocumentPrinter(Model):
    """`sides` and `sheets` that have come out since it was made; `documents` that it took.

    `out`: the sides of each job by its name, whatever the printer itself has forgotten since.
    """

    def __init__(self, faults: Faults, device_id: str = "document_printer") -> None:
        super().__init__(device_id)
        self._faults = faults
        self.trays = [
            Tray("1", "iso_a4_210x297mm", TRAY_HOLDS, (29700, 21000)),
            Tray("2", "iso_a4_210x297mm", 0, (29700, 21000)),
        ]
        self.toner, self.pages_per_minute = 100.0, 30
        self.jammed = self.cover_open = False
        self.sides = self.sheets = self.documents = 0
        self.pages: int | None = None
        self.jobs: dict[int, Job] = {}
        self.out: dict[str, int] = {}
        self.last_number = 0
        self._page: Timer | None = None
        self._answerer = Answerer(self)

    # ---- the outside world ----

    def actions(self) -> Mapping[str, Action]:
        cover = (
            Action("合上盖子", "close the cover")
            if self.cover_open
            else Action("打开盖子", "open the cover")
        )
        return {
            "load": Action("装纸", "load paper", {"tray": 1, "sheets": TRAY_HOLDS}),
            "toner": Action("换墨粉", "toner", {"percent": 100}),
            "cover_close" if self.cover_open else "cover_open": cover,
            **({"clear_jam": Action("清卡纸", "clear a jam")} if self.jammed else {}),
            "pages": Action(
                "文件有几页（0：自己数）", "pages of a document, 0: count", {"count": 0}
            ),
            "speed": Action("每分钟几页", "pages a minute", {"pages": 30}),
            "power_cycle": Action("断电再开", "off and on: jobs are lost"),
        }

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """load {"tray", "sheets"}; toner {"percent"}; pages {"count"}: what to count a document
        as; speed {"pages"}; cover_open, cover_close; clear_jam; power_cycle: every job is lost."""
        if name == "load":
            tray, sheets = whole_of(body, "tray", 1), whole_of(body, "sheets", TRAY_HOLDS)
            if not 1 <= tray <= len(self.trays) or not 0 <= sheets <= TRAY_HOLDS:
                raise ActionError(f"tray: 1 or 2; sheets: 0 to {TRAY_HOLDS}")
            self.trays[tray - 1].sheets = sheets
        elif name == "toner":
            self.toner = float(_between(body, "percent", 100, 0, 100))
        elif name == "pages":
            self.pages = _between(body, "count", 0, 0, 9999) or None
        elif name == "speed":
            self.pages_per_minute = _between(body, "pages", 30, 1, 600)
        elif name in ("cover_open", "cover_close"):
            self.cover_open = name == "cover_open"
        elif name == "clear_jam":
            self.jammed = False
        elif name == "power_cycle":
            self._forget()
        else:
            raise ActionError(f"{name}: no such action")
        self._go_on()
        return {}

    def state(self) -> dict[str, object]:
        job = self.current()
        return {
            "state": {3: "idle", 4: "processing", 5: "stopped"}[self.printer_state()],
            "reasons": ", ".join(self.reasons()) or "none",
            "trays": {tray.name: tray.sheets for tray in self.trays},
            "toner": round(self.toner),
            "cover": "open" if self.cover_open else "closed",
            "jammed": self.jammed,
            "job": "" if job is None else f"{NAMES[job.state]} {job.done}/{job.sides}",
            "waiting": sum(not x.is_over for x in self.jobs.values()),
            "sides": self.sides,
            "sheets": self.sheets,
            "documents": self.documents,
        }

    def ledger(self) -> dict[str, int]:
        """Sides that really came out, by the name of their job."""
        return dict(self.out)

    def poke(self) -> None:
        self._go_on()

    # ---- the wire ----

    def receive(self, data: bytes) -> None:
        """Its socket takes HTTP and nothing else: see `post`."""

    def post(self, body: bytes, reply: Callable[[Reply | None], None]) -> None:
        """A POST has come. `reply` is called once: with an answer, or None if the line is cut."""
        name = self._answerer.name_of(body)

        def strikes(kind: str) -> Fault | None:
            return self._faults.take(
                self.device_id, kind, lambda fault: fault.text("operation", name) == name
            )

        if strikes("silent"):
            self._after(HANG_S, lambda: reply(None))
            return
        wait_s = ANSWER_S
        if (slow := strikes("slow")) is not None:
            wait_s += slow.number("seconds", 4.0)
        if (broken := strikes("http_5xx")) is not None:
            error = Reply(int(broken.number("status", 503)), "text/html", b"<p>try later</p>")
            self._after(wait_s, lambda: reply(error))
            return
        if strikes("job_lost"):
            self._forget()
        busy = name in MAKES_WORK and strikes("busy") is not None
        answer = self._answerer.answer(body, busy=busy)
        self._go_on()
        if strikes("answer_lost"):
            self._after(wait_s, lambda: reply(None))
            return
        if strikes("half_answer"):
            answer = Reply(200, answer.content_type, answer.body, cut=len(answer.body) // 2)
        if strikes("garbage_answer"):
            noise = bytes(self._faults.randrange(256) for _ in range(200))
            answer = Reply(200, answer.content_type, noise)
        if strikes("wrong_type"):
            answer = Reply(200, "text/html", b"<html>Welcome</html>")
        self._after(wait_s, lambda: reply(answer))

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call after so long, in the printer's time."""
        self._after(seconds, call)

    @property
    def counts(self) -> bool:
        """Whether it tells how much has come out."""
        return not self._faults.waiting(self.device_id, "uncounted")

    # ---- how it is ----

    def hindrances(self) -> list[str]:
        """What keeps pages from coming out."""
        empty = not any(tray.sheets for tray in self.trays)
        job = self.current()
        table = (
            (self.jammed, "media-jam-error"),
            (self.cover_open, "cover-open-error"),
            (empty, "media-empty-error" if job is None else "media-needed-error"),
            (self.toner <= 0, "toner-empty-error"),
        )
        return [word for holds, word in table if holds]

    def reasons(self) -> list[str]:
        """As in printer-state-reasons, but for "none"."""
        found = self.hindrances()
        left = sum(tray.sheets for tray in self.trays)
        if 0 < left < LOW:
            found.append("media-low-warning")
        if 0 < self.toner < 10:
            found.append("toner-low-warning")
        return found

    def printer_state(self) -> int:
        if self.hindrances():
            return 5
        return 3 if self.current() is None else 4

    def current(self) -> Job | None:
        """The job that is on the way out, or would be."""
        return next((x for x in self.jobs.values() if x.state in (PROCESSING, STOPPED)), None)

    # ---- jobs ----

    def new_job(self, job: Job) -> None:
        self.jobs[job.number] = job

        def give_up() -> None:
            if job.state == HELD:
                job.end(ABORTED, "aborted-by-system")

        self._after(INCOMING_S, give_up)

    def give(self, job: Job, document: bytes) -> None:
        """The job's document has come."""
        self.documents += 1
        job.take(document, self.pages)

    def cancel(self, job: Job) -> None:
        if not job.is_over:
            job.end(CANCELED, "job-canceled-by-user")
            self._stop_page()

    def _forget(self) -> None:
        self.jobs.clear()
        self._stop_page()

    def _stop_page(self) -> None:
        if self._page is not None and self.current() is None:
            self._page.cancel()
            self._page = None

    # ---- pages ----

    def _go_on(self) -> None:
        """Begin the next job or the next page, if nothing hinders."""
        job = self.current()
        if job is None:
            job = next((x for x in self.jobs.values() if x.state == PENDING), None)
            if job is None:
                return
            job.state, job.reason = PROCESSING, "job-printing"
        if self.hindrances():
            job.state, job.reason = STOPPED, "printer-stopped"
            return
        if job.state == STOPPED:
            job.state, job.reason = PROCESSING, "job-printing"
        if self._page is None:
            pause_s = 60.0 / self.pages_per_minute + (0 if job.done else WARM_UP_S)
            self._page = self._after(pause_s, self._side_is_out)

    def _side_is_out(self) -> None:
        self._page = None
        job = self.current()
        if job is None:
            return
        if self._struck(job):
            self._go_on()
            return
        short = job.done + 1 == job.sides and self._strikes("short")
        if job.done < job.sides and not short:
            if job.starts_a_sheet():
                next(tray for tray in self.trays if tray.sheets).sheets -= 1
                job.sheets += 1
                self.sheets += 1
            job.done += 1
            self.sides += 1
            self.out[job.name] = self.out.get(job.name, 0) + 1
            self.toner = max(0.0, self.toner - TONER_A_SIDE)
        if job.done >= job.sides or short:
            job.end(COMPLETED, "job-completed-successfully")
        self._go_on()

    def _struck(self, job: Job) -> bool:
        """Whether something keeps this side from coming out."""
        if self._strikes("jam"):
            self.jammed = True
        if self._strikes("aborts"):
            job.end(ABORTED, "aborted-by-system")
            return True
        hindered = bool(self.hindrances())
        if hindered:
            job.state, job.reason = STOPPED, "printer-stopped"
        return hindered

    def _strikes(self, kind: str) -> bool:
        return self._faults.take(self.device_id, kind) is not None


def _between(body: Mapping[str, object], name: str, default: int, low: int, high: int) -> int:
    value = whole_of(body, name, default)
    if not low <= value <= high:
        raise ActionError(f"{name}: between {low} and {high}")
    return value
