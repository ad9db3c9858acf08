"""Hashes of PINs, [[operator]] in cabin.toml, and the command that makes both."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import config, operator_cli, operators
from kiosk.core.access import Role
from sim.operators import operators_toml
from tests.unit.test_config import FILES, SMALL, complete, mistakes

HASH = str(operators.Hash(14, 8, 1, b"s" * 16, b"k" * 32))


def operator(**changes: str) -> str:
    """A section [[operator]] with these keys; an empty one is left out."""
    keys = {"id": "tech-1", "name": "技术员", "role": "technician", "pin": HASH} | changes
    return "[[operator]]\n" + "".join(f'{k} = "{v}"\n' for k, v in keys.items() if v)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    for name in FILES:
        (tmp_path / name).write_text("stands for a key\n")
    return tmp_path


def load(folder: Path, more: str) -> config.Settings:
    (folder / "cabin.toml").write_text(complete(SMALL + more))
    return config.load(folder / "cabin.toml")


def test_a_hash_fits_its_pin_and_no_other() -> None:
    made = operators.make(b"246810")
    again = operators.read(str(made))
    assert again == made
    assert again.fits(b"246810")
    assert again.fits(bytearray(b"246810"))
    assert not again.fits(b"246811")
    assert str(operators.make(b"246810")) != str(made)


def test_a_hash_shows_nothing_in_a_log() -> None:
    assert repr(operators.read(HASH)) == "Hash(ln=14, r=8, p=1)"


def test_the_vector_of_rfc_7914() -> None:
    """Section 12, third vector: scrypt("pleaseletmein", "SodiumChloride", 16384, 8, 1)."""
    key = bytes.fromhex("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
    assert operators.Hash(14, 8, 1, b"SodiumChloride", key).fits(b"pleaseletmein")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("246810", "no scrypt|not a scrypt hash"),
        (HASH.replace("scrypt", "argon2"), "not a scrypt hash"),
        (HASH.replace("ln=14", "ln=4"), "out of range"),
        (HASH.replace("ln=14", "ln=30"), "out of range"),
        (HASH.replace("p=1", "p=99"), "out of range"),
        (HASH[:-4], "no key of 32"),
        (str(operators.Hash(14, 8, 1, b"short", b"k" * 32)), "no salt of 16"),
    ],
)
def test_a_bad_hash_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        operators.read(text)


def test_operators_are_read(folder: Path) -> None:
    found = load(folder, operator() + operator(id="v-1", role="volunteer", card=HASH)).operators
    assert [(x.id, x.role, bool(x.card)) for x in found] == [
        ("tech-1", Role.TECHNICIAN, False),
        ("v-1", Role.VOLUNTEER, True),
    ]
    assert HASH not in repr(found)
    assert load(folder, "").operators == ()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (operator(id="Tech 1"), 'operator[1].id = "Tech 1" is not 1 … 20 of a–z'),
        (operator() + operator(), 'operator[2].id = "tech-1" is another operator\'s too'),
        (operator(role="boss"), "allowed: technician | office | merchant | volunteer"),
        (operator(role="technican"), "did you mean technician?"),
        (operator(pin=""), "operator[1].pin is missing; allowed: a hash as `kiosk operator`"),
        (operator(pin="246810"), "is not a scrypt hash; allowed: a hash as `kiosk operator`"),
        (operator(card=HASH.replace("14", "10")), "operator[1].card"),
        (operator(name=""), "operator[1].name is missing; allowed: 1 … 10 characters"),
        (operator(pins="x"), "operator[1].pins is not known (did you mean pin?)"),
    ],
)
def test_each_mistake_is_named_with_its_line(folder: Path, more: str, expected: str) -> None:
    (found,) = mistakes(folder, complete(SMALL + more))
    assert expected in found


def test_the_simulators_staff_can_sign_in(folder: Path) -> None:
    found = {x.id: x for x in load(folder, operators_toml()).operators}
    assert {x.role for x in found.values()} == set(Role)
    assert operators.read(found["technician"].pin).fits(b"246810")


def run(typed: list[str], **words: object) -> int:
    args = {"id": "tech-1", "name": "值班技术员", "role": "technician", "card": False} | words
    answers = iter(typed)
    ask: Callable[[str], str] = lambda _: next(answers)  # noqa: E731
    return operator_cli.run(argparse.Namespace(**args), ask)


def test_the_command_prints_lines_that_are_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["246810", "246810", "CARD-000001"], card=True) == 0
    printed = capsys.readouterr().out
    assert "246810" not in printed
    (found,) = load(folder, printed).operators
    assert (found.id, found.name) == ("tech-1", "值班技术员")
    assert operators.read(found.pin).fits(b"246810")
    assert operators.read(found.card).fits(b"CARD-000001")
    assert tomllib.loads(printed)["operator"][0]["role"] == "technician"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (["2468", "2468"], "6 to 12 digits"),
        (["24681a", "24681a"], "6 to 12 digits"),
        (["111111", "111111"], "anybody would try"),
        (["345678", "345678"], "anybody would try"),
        (["246810", "246811"], "another PIN"),
    ],
)
def test_a_bad_pin_prints_nothing(
    typed: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(typed) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert why in said.err


def test_a_bad_id_is_told_before_anything_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([], id="Tech 1") == 2
    assert "a letter first" in capsys.readouterr().err
