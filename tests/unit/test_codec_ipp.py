"""IPP messages byte by byte: by the rules of RFC 8010, and as CUPS' `ipptool` writes them."""

from __future__ import annotations

import pytest

from devices.control import HttpAnswer
from devices.document_printer import messages as m
from devices.document_printer import values as v
from devices.document_printer.codec import DEEPEST, MOST, decode, encode
from devices.document_printer.commands import Ticket
from devices.document_printer.messages import Question, Silence, one
from devices.document_printer.scribe import IppScribe
from devices.trace import Direction

CAPTURED = bytes.fromhex(
    "010100020001501501470012617474726962757465732d6368617273657400057574662d3848001b61747472"
    "6962757465732d6e61747572616c2d6c616e677561676500057a682d636e45000b7072696e7465722d757269"
    "001f6970703a2f2f7072696e7465722e6578616d706c652f6970702f7072696e744200147265717565737469"
    "6e672d757365722d6e616d650005636162696e4200086a6f622d6e616d650008636162696e2d413149000f64"
    "6f63756d656e742d666f726d6174000f6170706c69636174696f6e2f70646602210006636f70696573000400"
    "0000024400057369646573001374776f2d73696465642d6c6f6e672d6564676533000b706167652d72616e67"
    "657300080000000100000003330000000800000005000000054400107072696e742d636f6c6f722d6d6f6465"
    "000a6d6f6e6f6368726f6d6523000d7072696e742d7175616c6974790004000000043200127072696e746572"
    "2d7265736f6c7574696f6e0009000002580000012c03220009706167652d6c6566740001013400096d656469"
    "612d636f6c00004a0000000a6d656469612d73697a6534000000004a0000000b782d64696d656e73696f6e21"
    "00000004000052084a0000000b792d64696d656e73696f6e21000000040000740437000000004a0000000c6d"
    "656469612d736f757263654400000006747261792d313700000000300008782d6f6374657473000361626313"
    "0006782d6e6f6e650000310006782d64617465000b07ea0b19091038002b0000360006782d6e616d65000b00"
    "00000764653a4861757303"
)
"""A Print-Job of ipptool 2.4.2 with a value of every kind it can write, without the document."""


def test_what_ipptool_writes_is_read_and_written_alike() -> None:
    found = decode(CAPTURED + b"%PDF-1.4")
    assert isinstance(found, v.Message)
    assert (found.version, found.code, found.rest) == ((1, 1), m.PRINT_JOB, 8)
    asked, job = found.group(v.OPERATION), found.group(v.JOB)
    assert asked.word("attributes-charset") == "utf-8"
    assert asked.word("job-name") == "cabin-A1"
    assert asked.word("document-format") == "application/pdf"
    assert job.whole("copies") == 2
    assert job.word("sides") == "two-sided-long-edge"
    assert job.find("page-ranges") == (v.Range(1, 3), v.Range(5, 5))
    assert job.whole("print-quality") == 4
    assert job.find("printer-resolution") == (v.Resolution(600, 300, 3),)
    assert job.switch("page-left") is True
    assert job.find("x-octets") == (b"abc",)
    assert job.find("x-none") == ()
    assert job.find("x-date") == (v.Moment(bytes.fromhex("07ea0b19091038002b0000")),)
    assert job.find("x-name") == (v.Spoken("", "de:Haus"),)
    size = v.Collection(
        (one("x-dimension", v.INTEGER, 21000), one("y-dimension", v.INTEGER, 29700))
    )
    want = v.Collection(
        (one("media-size", v.BEGIN_COLLECTION, size), one("media-source", v.KEYWORD, "tray-1"))
    )
    assert job.find("media-col") == (want,)
    assert encode(found) == CAPTURED


def test_a_request_byte_by_byte() -> None:
    question = Question(m.GET_JOB, (m.job_id(7), m.wanted("job-id", "job-state")))
    got = m.request(question, 1, "ipp://p/q", "cabin", (2, 0))
    want = (
        b"\x02\x00\x00\x09\x00\x00\x00\x01\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x48\x00\x1battributes-natural-language\x00\x02en"
        b"\x45\x00\x0bprinter-uri\x00\x09ipp://p/q"
        b"\x21\x00\x06job-id\x00\x04\x00\x00\x00\x07"
        b"\x42\x00\x14requesting-user-name\x00\x05cabin"
        b"\x44\x00\x14requested-attributes\x00\x06job-id"
        b"\x44\x00\x00\x00\x09job-state"
        b"\x03"
    )
    assert got == want


def test_how_it_is_to_be_printed_byte_by_byte() -> None:
    ticket = Ticket(2, "two-sided-short-edge", ((1, 3), (5, 5)), "color")
    got = encode(v.Message((2, 0), 2, 1, (v.Group(v.JOB, ticket.attributes()),)))
    want = (
        b"\x02\x00\x00\x02\x00\x00\x00\x01\x02"
        b"\x21\x00\x06copies\x00\x04\x00\x00\x00\x02"
        b"\x44\x00\x05sides\x00\x14two-sided-short-edge"
        b"\x33\x00\x0bpage-ranges\x00\x08\x00\x00\x00\x01\x00\x00\x00\x03"
        b"\x33\x00\x00\x00\x08\x00\x00\x00\x05\x00\x00\x00\x05"
        b"\x44\x00\x10print-color-mode\x00\x05color"
        b"\x44\x00\x05media\x00\x10iso_a4_210x297mm"
        b"\x03"
    )
    assert got == want


def test_every_cut_of_a_message_is_none() -> None:
    for cut in range(len(CAPTURED)):
        assert isinstance(decode(CAPTURED[:cut]), v.Unreadable), cut


HEAD = b"\x02\x00\x00\x00\x00\x00\x00\x01"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "too short"),
        (b"HTTP/1.1 200 OK", "another version"),
        (HEAD + b"\x21\x00\x01a\x00\x00\x03", "a value outside of a group"),
        (HEAD + b"\x01\x21\x00\x00\x00\x00\x03", "a further value of nothing"),
        (HEAD + b"\x01\x21\xff\xffa", "cut off"),
        (HEAD + b"\x01\x34\x00\x01a\x00\x00\x03", "a collection that doesn't end"),
        (
            HEAD + b"\x01\x34\x00\x01a\x00\x00\x21\0\0\0\0\x37\0\0\0\0\x03",
            "a member without a name",
        ),
        (bytes(MOST + 1), "too long"),
    ],
)
def test_what_is_no_message_is_named(body: bytes, why: str) -> None:
    found = decode(body)
    assert isinstance(found, v.Unreadable)
    assert found.why == why


def test_collections_have_a_bottom() -> None:
    inner = b"\x4a\0\0\0\x01m\x34\0\0\0\0"
    deep = HEAD + b"\x01\x34\x00\x01a\x00\x00" + inner * 5000
    found = decode(deep)
    assert isinstance(found, v.Unreadable)
    assert found.why == "collections too deep"
    shut = b"\x37\0\0\0\0"
    fits = HEAD + b"\x01\x34\x00\x01a\x00\x00" + inner * (DEEPEST - 1) + shut * DEEPEST + b"\x03"
    assert isinstance(decode(fits), v.Message)


def test_values_of_the_wrong_length_mean_nothing_and_cost_nothing() -> None:
    for tag in (v.INTEGER, v.BOOLEAN, v.RANGE, v.RESOLUTION, v.DATE_TIME, v.TEXT_LANGUAGE, 0x7F):
        body = HEAD + b"\x02" + bytes((tag,)) + b"\x00\x01a\x00\x03abc\x03"
        found = decode(body)
        assert isinstance(found, v.Message)
        assert found.group(v.JOB).find("a") == (b"abc",)
        assert found.group(v.JOB).whole("a") is None
        assert encode(found) == body


def test_what_has_no_form_is_refused() -> None:
    for value in (v.Value(v.INTEGER, 1 << 40), v.Value(v.TEXT, "x" * 70_000)):
        with pytest.raises(ValueError, match="no IPP value"):
            encode(v.Message((2, 0), 2, 1, (v.Group(1, (v.Attribute("a", (value,)),)),)))


@pytest.mark.parametrize(
    ("answer", "want"),
    [
        (None, Silence("no_channel", sent=False)),
        (HttpAnswer(0, reason="refused", sent=False), Silence("refused", sent=False)),
        (HttpAnswer(404), Silence("http", sent=False, detail="HTTP 404")),
        (HttpAnswer(503), Silence("http", detail="HTTP 503")),
        (
            HttpAnswer(200, "text/html", b"x"),
            Silence("other_device", detail="Content-Type text/html"),
        ),
        (
            HttpAnswer(200, "application/ipp", b"x"),
            Silence("unreadable", detail="too short at byte 1"),
        ),
        (
            HttpAnswer(200, "application/ipp", HEAD + b"\x03"),
            Silence("other_answer", detail="answer 1 to 7"),
        ),
    ],
)
def test_what_is_no_answer(answer: HttpAnswer | None, want: Silence) -> None:
    assert m.understood(answer, 7) == want


def test_what_is_noted_holds_nothing_of_anybody() -> None:
    secret = "王小明的体检报告.pdf"
    jobs = v.Group(
        v.JOB,
        (
            one("job-id", v.INTEGER, 9),
            one("job-name", v.NAME, secret),
            one("job-state", v.ENUM, 9),
            one("x", v.TEXT_LANGUAGE, v.Spoken("zh", secret)),
            one("y", v.BEGIN_COLLECTION, v.Collection((one("z", v.TEXT, secret),))),
            one("raw", v.OCTETS, secret.encode()),
        ),
    )
    ours = v.Group(v.JOB, (one("job-id", v.INTEGER, 3), one("job-name", v.NAME, "cabin-A1")))
    raw = encode(v.Message((2, 0), 0, 5, (jobs, ours)))
    (note,) = IppScribe().feed(Direction.IN, raw)
    assert note.data is not None
    assert len(note.data) == len(raw)
    assert not any(letter.encode() in note.data for letter in "王小明的体检报告")
    again = decode(note.data)
    assert isinstance(again, v.Message)
    assert [job.name for job in m.jobs(again)] == ["x" * len(secret.encode()), "cabin-A1"]
    assert [job.state for job in m.jobs(again)] == [9, None]
    assert note.meaning == "status 0x0000, job 9 completed, job 3 in no state"
    (note,) = IppScribe().feed(Direction.OUT, CAPTURED + b"%PDF secret")
    assert note.meaning == "Print-Job"
    assert note.data is not None
    assert b"secret" not in note.data
    (note,) = IppScribe().feed(Direction.IN, b"<html>secret</html>")
    assert (note.data, note.length) == (None, 19)
