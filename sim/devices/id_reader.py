"""The ID-card reader (SAM_V) and a card to lay on it. The people on the cards are invented.

Written from "ID-card reader and record-booklet dispenser", 5a.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.devices.model import Action, ActionError, Model, text_of
from sim.faults import Faults

HEAD = bytes.fromhex("aaaaaa9669")
ANSWER_S, READ_TAKES_S = 0.02, 1.2
WIDTHS = (30, 2, 4, 16, 70, 36, 30, 16, 16, 36)
PERSON = {
    "name": "测试甲",
    "sex": "1",
    "nation": "01",
    "birth": "18500101",
    "address": "上海市示例路1号",
    "number": "31010118500101000",
    "issuer": "示例公安局",
    "valid_from": "20200101",
    "valid_until": "长期",
}
"""Nobody alive was born in 1850. The number's check digit is added."""


def check_digit(number: str) -> str:
    total = sum(int(x) * (2 ** (17 - i) % 11) for i, x in enumerate(number))
    return "10X98765432"[total % 11]


def framed(body: bytes) -> bytes:
    inner = (len(body) + 1).to_bytes(2, "big") + body
    check = 0
    for byte in inner:
        check ^= byte
    return HEAD + inner + bytes((check,))


class IdReader(Model):
    """A card lies on it or doesn't; one that was read must be lifted before it is found again."""

    def __init__(self, faults: Faults, device_id: str = "id_reader") -> None:
        super().__init__(device_id)
        self._faults = faults
        self._card: list[str] | None = None
        self._kind = ""
        self._found = self._selected = self._used = False
        self.reads = 0
        self._input = b""

    # ---- the outside world ----

    def actions(self) -> Mapping[str, Action]:
        if self._card is None:
            return {"lay": Action("放身份证", "lay a card down", dict(PERSON))}
        return {"lift": Action("拿走身份证", "lift the card")}

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """lay {"name", … , "kind"?: "I" or "J" for another layout}; lift."""
        if name == "lay":
            values = [text_of(body, field, default) for field, default in PERSON.items()]
            at = list(PERSON).index("number")
            if len(values[at]) == 17 and values[at].isdecimal():
                values[at] += check_digit(values[at])
            if any(len(x.encode("utf-16-le")) > w for x, w in zip(values, WIDTHS, strict=False)):
                raise ActionError("a field is longer than its place on the card")
            self._card, self._kind = values, text_of(body, "kind", "")[:1]
            self._found = self._selected = self._used = False
        elif name == "lift":
            self._card = None
            self._found = self._selected = self._used = False
        else:
            raise ActionError(f"{name}: no such action")
        return {}

    def state(self) -> dict[str, object]:
        return {"card": self._card is not None, "reads": self.reads}

    def link_down(self) -> None:
        super().link_down()
        self._input = b""

    # ---- the line ----

    def receive(self, data: bytes) -> None:
        self._input = (self._input + data)[-4096:]
        while True:
            at = self._input.find(HEAD)
            if at < 0 or len(self._input) < at + 7:
                return
            length = int.from_bytes(self._input[at + 5 : at + 7], "big")
            if length > 80:
                self._input = self._input[at + 1 :]
                continue
            end = at + 7 + length
            if len(self._input) < end:
                return
            raw, self._input = self._input[at:end], self._input[end:]
            if not self._strikes("silent"):
                self._obey(raw)

    def _obey(self, raw: bytes) -> None:
        command = raw[7:-1]
        if raw != framed(command):
            self._say(0x10)
        elif self._strikes("unauthorised"):
            self._say(0x66)
        elif command == b"\x20\x01":
            self._find()
        elif command == b"\x20\x02":
            self._select()
        elif command == b"\x30\x01":
            self._read()
        elif command == b"\x11\xff":
            self._say(0x90)
        elif command == b"\x12\xff":
            self._say(0x90, bytes(range(16)))
        else:
            self._say(0x21)

    def _find(self) -> None:
        self._found = self._card is not None and not self._used
        self._selected = False
        if self._found:
            self._say(0x9F, bytes(4))
        else:
            self._say(0x80)

    def _select(self) -> None:
        self._selected = self._found and not self._strikes("select_fails")
        self._say(*((0x90, bytes(8)) if self._selected else (0x81, b"")))

    def _read(self) -> None:
        if not self._selected or self._card is None or self._strikes("read_fails"):
            self._say(0x41)
            return
        self._used = True
        self.reads += 1
        text = b"".join(
            _padded(value, width) for value, width in zip([*self._card, ""], WIDTHS, strict=True)
        )
        if self._kind:
            text = text[:248] + self._kind.encode("utf-16-le") + text[250:]
        payload = b"\x01\x00\x04\x00" + text + b"\xa5" * 1024
        said = framed(b"\0\0\x90" + payload)
        if self._strikes("corrupt_read"):
            said = said[:300] + bytes((said[300] ^ 1,)) + said[301:]
        self._after(READ_TAKES_S, lambda: self._write(said))

    def _say(self, status: int, payload: bytes = b"") -> None:
        said = framed(bytes((0, 0, status)) + payload)
        self._after(ANSWER_S, lambda: self._write(said))

    def _strikes(self, kind: str) -> bool:
        return self._faults.take(self.device_id, kind) is not None


def _padded(value: str, width: int) -> bytes:
    return value.ljust(width // 2).encode("utf-16-le")
