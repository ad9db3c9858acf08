"""The gateways' small pure parts: strict parsing, account patterns, sentences, signatures."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from kiosk.gateways import parse
from kiosk.gateways.alipay_wire import open_envelope, signed_text
from kiosk.gateways.biller_parse import masked
from kiosk.gateways.parse import GarbageError
from kiosk.gateways.patterns import ANY_ACCOUNT, harmless_pattern, matches_account
from kiosk.gateways.sentences import BILLER_SENTENCES, QR_SENTENCES
from kiosk.gateways.signing import KeyUnreadableError, Signer, Verifier, lines, skewed
from kiosk.gateways.types import (
    BY_CODE,
    RECORDED_CODES,
    UNTOUCHED_CODES,
    BillerCode,
    BillerRefused,
    TradeState,
    TradeStatus,
)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0.01", 1),
        ("96.30", 9630),
        ("96.3", 9630),
        ("96", 9600),
        ("999999999.99", 99999999999),
        ("", None),
        (".5", None),
        ("1.", None),
        ("1.234", None),
        ("-1.00", None),
        ("+1.00", None),
        ("1e3", None),
        ("1,000.00", None),
        (" 1.00", None),
        ("1.00\n", None),
        ("１.００", None),
        (1, None),
        (1.0, None),
        (None, None),
    ],
)
def test_yuan(text: object, fen: int | None) -> None:
    assert parse.yuan_or_none(text) == fen


@pytest.mark.parametrize("fen", [1, 9, 10, 99, 100, 101, 9630, 99999999999])
def test_yuan_there_and_back(fen: int) -> None:
    assert parse.yuan_or_none(parse.yuan(fen)) == fen


@pytest.mark.parametrize("value", [True, 1.0, "1", None, -1, 10**12, [], {}])
def test_not_an_amount(value: object) -> None:
    with pytest.raises(GarbageError):
        parse.as_fen(value)


@pytest.mark.parametrize("value", ["\x1b@", "a\nb", "\u202e", "\ud800", "x" * 200, 5, None, "\x00"])
def test_text_not_fit_for_screen_and_paper(value: object) -> None:
    with pytest.raises(GarbageError):
        parse.as_text(value)


def test_chinese_with_a_full_width_space_is_text() -> None:
    assert parse.as_text("上海\u3000水务") == "上海\u3000水务"


def test_errors_do_not_quote_the_message() -> None:
    for body in (b'{"a":"3100000077","a":1}', b"3100000077{", b'{"x":3100000077'):
        with pytest.raises(GarbageError) as caught:
            parse.load(body)
        shown = str(caught.value) + repr(caught.value.__cause__)
        assert "3100000077" not in shown


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"\d{10}", "3100000077", "310000007"),
        (r"^8\d{9}$", "8000000001", "9000000001"),
        ("[0-9A-Z]{8,12}", "AB345678", "ab345678"),
        (r"\d{8}|\d{10}", "12345678", "123456789"),
        (r"\d{5}-?\d{5}", "12345-12345", "12345--12345"),
    ],
)
def test_account_patterns(pattern: str, good: str, bad: str) -> None:
    assert harmless_pattern(pattern) == pattern
    assert matches_account(pattern, good)
    assert not matches_account(pattern, bad)
    assert not matches_account(pattern, good + "\n")
    assert not matches_account(pattern, good.replace("1", "１").replace("8", "８"))


@pytest.mark.parametrize(
    "pattern",
    [
        r"(\d+)+",
        r"\d+",
        r"\d*",
        ".*",
        r"(a|a)*",
        r"\d{0,9}\d{0,9}\d{0,9}\d{0,9}",
        r"\d{999}",
        r"\d{5,3}",
        "[9-0]",
        "(?i)a",
        r"\1",
        "",
        "a" * 101,
        "|" * 50,
    ],
)
def test_patterns_that_could_hang_are_replaced(pattern: str) -> None:
    assert harmless_pattern(pattern) == ANY_ACCOUNT
    assert matches_account(pattern, "3100000077")
    assert not matches_account(pattern, "3" * 36)


def test_owners_are_masked() -> None:
    assert [masked(name) for name in ("", "某**", "某某", "某")] == ["", "某**", "某**", "某**"]


def test_every_code_has_its_own_sentence() -> None:
    assert set(BILLER_SENTENCES) == set(BillerCode)
    sentences = [*BILLER_SENTENCES.values(), *QR_SENTENCES.values()]
    assert len(set(sentences)) == len(sentences)
    for sentence in sentences:
        assert sentence.endswith("。")
        assert len(sentence) <= 40  # requirements: at most 40 characters a line
        for word in ("系统", "异常", "稍后再试", "错误码", "失败"):
            assert word not in sentence
    for code in (BillerCode.SYSTEM, BillerCode.TIMEOUT, BillerCode.UPSTREAM):
        assert "不要重复付款" in BILLER_SENTENCES[code]
    assert BillerRefused(BillerCode.NO_DEBT, certain=True).sentence in sentences


def test_the_tables_of_codes_agree_with_the_specification() -> None:
    """BILLER.md's table of codes is the code's table."""
    import kiosk.gateways

    [folder] = kiosk.gateways.__path__
    text = Path(folder, "BILLER.md").read_text(encoding="utf-8").split("## Codes")[1]
    rows = dict(line.split("|")[1:3] for line in text.splitlines() if line.startswith("| `"))
    written = {code.strip(" `"): name.strip() for code, name in rows.items()}
    assert written.pop("AAAAAAA") == "OK"
    assert written == {code: member.name for code, member in BY_CODE.items()}
    assert not RECORDED_CODES & UNTOUCHED_CODES


def test_a_trade_matches_only_with_number_and_amount() -> None:
    trade = TradeState(TradeStatus.PAID, "3801A", 100)
    assert trade.matches("3801A", 100)
    assert not trade.matches("3801B", 100)
    assert not trade.matches("3801A", 101)
    assert not TradeState(TradeStatus.PAID).matches("3801A", 100)


# --- signatures


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def private_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def test_sign_and_verify(key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_bytes(private_pem(key))
    (tmp_path / "a.pub").write_bytes(public_pem(key))
    signature = Signer(tmp_path / "a.pem").sign(b"text")
    verifier = Verifier(tmp_path / "a.pub")
    assert verifier.verify(b"text", signature)
    assert not verifier.verify(b"text ", signature)
    for wrong in ("", "A", "AAAA", signature[:-4], signature + "\n", "é", signature.lower()):
        assert not verifier.verify(b"text", wrong)


def test_a_key_that_cannot_be_used_is_named_without_its_folder(tmp_path: Path) -> None:
    """A technician reads in the log which of eight files it is."""
    (tmp_path / "no.pem").write_bytes(b"garbage")
    (tmp_path / "weak.pem").write_bytes(private_pem(rsa.generate_private_key(65537, 1024)))
    for name, why in (
        ("no.pem", "no key in PEM"),
        ("weak.pem", "not RSA of 2048 bits"),
        ("gone.pem", "No such file or directory"),
    ):
        with pytest.raises(KeyUnreadableError) as raised:
            Signer(tmp_path / name).prepare()
        assert str(raised.value) == f"{name}: {why}"


def test_weak_or_other_keys_are_refused(tmp_path: Path) -> None:
    weak, curve = rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())
    for number, other in enumerate((weak, curve)):
        private, public = tmp_path / f"{number}.pem", tmp_path / f"{number}.pub"
        private.write_bytes(private_pem(other))
        public.write_bytes(public_pem(other))
        with pytest.raises(KeyUnreadableError):
            Signer(private).prepare()
        with pytest.raises(KeyUnreadableError):
            Verifier(public).prepare()


def test_the_signed_texts() -> None:
    assert lines("POST", b"body") == b"POST\nbody\n"
    assert lines("") == b"\n"
    # The example of the rule: sorted by name, empty values and `sign` left out, unescaped.
    parameters = {"b": "2", "a": "1", "sign": "x", "c": "", "d": "好 &="}
    assert signed_text(parameters) == "a=1&b=2&d=好 &=".encode()


def test_skew() -> None:
    assert not skewed(300.0, 0.0)
    assert not skewed(0.0, 300.0)
    assert skewed(300.5, 0.0)
    assert skewed(0.0, 300.5)


def test_an_envelope_gives_the_text_as_it_came() -> None:
    body = '{ "sign" : "s" , "a_b_response" : { "x" : "}\\"好\\u597d" } }'.encode()
    envelope = open_envelope(body, "a.b")
    assert envelope.raw == '{ "x" : "}\\"好\\u597d" }'
    assert envelope.content == {"x": '}"好好'}
    assert envelope.sign == "s"
