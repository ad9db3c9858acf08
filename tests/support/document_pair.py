"""The document printer's driver and its simulated twin on a network in virtual time."""

from __future__ import annotations

from collections.abc import Callable

from devices.control import AddressRequest, Answer, HttpAnswer, HttpRequest, Request
from devices.document_printer import values as v
from devices.document_printer.codec import decode
from devices.document_printer.commands import Print, Printed
from devices.document_printer.driver import IppPrinter
from devices.document_printer.messages import OPERATIONS
from devices.driver import Report, Tap
from devices.status import Failed, Success
from sim.devices.document_ipp import Reply
from sim.devices.document_printer import DocumentPrinter
from sim.faults import Fault
from sim.virtual import VirtualCabin
from tests.support.in_virtual_time import InVirtualTime

URI = "ipp://printer.example/ipp/print"
STEP_S = 0.073  # no whole part of the driver's times: nothing falls due just as something comes


def pdf(pages: int) -> bytes:
    """A PDF of empty A4 pages, whole enough for any reader."""
    kids = " ".join(f"{3 + n} 0 R" for n in range(pages))
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        *[page] * pages,
    ]
    out, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + end.encode()


class DocumentPair(InVirtualTime):
    """``asked`` holds each operation that left, in order; ``read_s`` after which a POST ends."""

    patience_s = 1500.0

    def __init__(
        self,
        *faults: str,
        without: tuple[str, ...] = (),
        busy_s: float = 60.0,
        tap: Tap | None = None,
    ) -> None:
        self.cabin = VirtualCabin(seed=1)
        self.line = self.cabin.documents
        model = self.line.model
        assert isinstance(model, DocumentPrinter)
        self.twin = model
        self.twin._answerer.without = frozenset(without)
        self.strike(*faults)
        self.driver = IppPrinter(busy_s=busy_s)
        if tap is not None:
            self.driver.tap = tap
        self.reports: list[Report] = []
        self.asked: list[str] = []
        self.bodies: list[bytes] = []
        self._came: list[tuple[Request, Answer]] = []
        self._pending: dict[int, tuple[float, HttpRequest]] = {}
        self.driver.opened(self.now)
        self.settle()

    @property
    def now(self) -> float:
        return self.cabin.clock.monotonic()

    def strike(self, *kinds: str, count: int | None = None, **params: object) -> None:
        for kind in kinds:
            self.cabin.faults.add(Fault("document_printer", kind, params, count))

    def act(self, action: str, **body: object) -> None:
        self.cabin.act("document_printer", action, body)
        self.settle()

    def unplug(self) -> None:
        """The network cable: the port knows nothing of it, requests fail."""
        self.cabin.act("document_printer", "unplug", {})
        self.settle()

    def plug(self) -> None:
        self.cabin.act("document_printer", "plug", {})

    def settle(self) -> None:
        """Carry requests and answers until nobody has anything to say."""
        while True:
            requests = self.driver.take_requests()
            for request in requests:
                self._post(request)
            came, self._came = self._came, []
            for request, answer in came:
                self.driver.answered(request, answer, self.now)
            if not requests and not came:
                break
        self.reports += self.driver.take_reports()

    def _post(self, request: Request) -> None:
        if isinstance(request, AddressRequest):
            self._came.append((request, URI.encode()))
            return
        assert isinstance(request, HttpRequest)
        message = decode(request.body)
        assert isinstance(message, v.Message)
        self.asked.append(OPERATIONS[message.code])
        self.bodies.append(request.body)
        if not self.line.plugged:
            self._came.append((request, HttpAnswer(0, reason="refused", sent=False)))
            return
        document = request.document or b""
        assert isinstance(document, bytes)
        self._pending[request.number] = (self.now + request.read_s, request)
        self.cabin.post(request.body + document, self._hear(request))

    def _hear(self, request: HttpRequest) -> Callable[[Reply | None], None]:
        def hear(reply: Reply | None) -> None:
            if self._pending.pop(request.number, None) is None:
                return
            answer = HttpAnswer(0, reason="broken")
            if reply is not None and reply.cut is None:
                answer = HttpAnswer(reply.status, reply.content_type, reply.body)
            self._came.append((request, answer))

        return hear

    def step(self, seconds: float = STEP_S) -> None:
        self.cabin.advance_to(self.now + seconds)
        for number, (by, request) in list(self._pending.items()):
            if self.now >= by:
                del self._pending[number]
                self._came.append((request, HttpAnswer(0, reason="no_answer")))
        deadline = self.driver.deadline()
        if deadline is not None and deadline <= self.now:
            self.driver.tick(self.now)
        self.settle()

    def sent_documents(self) -> int:
        """How often a document left."""
        return sum(x in ("Send-Document", "Print-Job") for x in self.asked)


FIVE = pdf(5)
JOB = Print(FIVE, "A1")


def ready(*faults: str, **more: object) -> DocumentPair:
    """A printer that has said that it is idle; the faults strike the next time, once."""
    pair = DocumentPair(**more)  # type: ignore[arg-type]
    pair.until_ready()
    pair.strike(*faults, count=1)
    return pair


def sides(pair: DocumentPair, number: int) -> object:
    """What the value of an end says has come out."""
    end = pair.end(number)
    assert isinstance(end, Success | Failed), end
    assert isinstance(end.value, Printed), end
    return end.value.sides
