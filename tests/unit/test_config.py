"""cabin.toml: what is read, and that every mistake is named with its line and what is allowed."""

from __future__ import annotations

import math
from datetime import time
from pathlib import Path

import pytest

import kiosk
from devices import port, registry
from kiosk import config, config_toml
from kiosk.composition import means_of
from kiosk.core.means import Commit, RefundBy
from kiosk.opening import rules_of
from kiosk.settings import ClinicSettings, DeviceSettings

EXAMPLE = Path(kiosk.__file__).parent / "cabin.example.toml"
FILES = (
    "ca.pem",
    "keys/biller_app_private.pem",
    "keys/biller_public.pem",
    "keys/alipay_app_private.pem",
    "keys/alipay_public.pem",
    "keys/wechat_app_private.pem",
    "keys/wechat_public.pem",
    "keys/wechat_api_v3.key",
    "keys/record_app_private.pem",
    "keys/record_public.pem",
    "keys/relay.key",
)
SMALL = """\
[cabin]
id = "3801"
name = "数字小屋"
address = "示例路380弄"
operator_phone = "021-0000 0000"
"""
REQUIRED = {
    "[devices.terminal]": 'driver = "ecr_hub"\nport = "/dev/x"\napp_id = "wz1"\n',
    "[devices.receipt_printer]": 'driver = "escpos_serial"\nport = "/dev/y"\n',
    "[gateways.biller]": """\
base_url = "https://x"
app_id = "x"
private_key = "keys/biller_app_private.pem"
server_public_key = "keys/biller_public.pem"
""",
}


PRINTER = '[devices.document_printer]\ndriver = "ipp"\nport = "ipp://x/ipp/print"\n'


def complete(text: str) -> str:
    """``text`` with the sections that every cabin needs, as far as it hasn't its own."""
    needed = {k: v for k, v in REQUIRED.items() if k not in text}
    return text + "".join(f"{header}\n{body}" for header, body in needed.items())


BARCODE = """\
[[barcode]]
name = "one"
biller = "SH-POWER"
prefix = "91"
length = 27
account = [2, 12]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    for name in FILES:
        (tmp_path / name).write_text("stands for a key\n")
    return tmp_path


def mistakes(folder: Path, text: str | bytes) -> list[str]:
    """The mistakes found in `text`, without the folder's name; empty if there are none.

    A text is made complete first, bytes are taken as they are.
    """
    file = folder / "cabin.toml"
    file.write_bytes(text if isinstance(text, bytes) else complete(text).encode())
    try:
        config.load(file)
    except config.ConfigError as error:
        assert str(error) == "\n".join(error.mistakes)
        return [sentence.replace(f"{folder}/", "") for sentence in error.mistakes]
    return []


def test_the_example_can_be_used(folder: Path) -> None:
    file = folder / "cabin.toml"
    file.write_bytes(EXAMPLE.read_bytes())
    settings = config.load(file)
    assert settings.source == file
    assert settings.cabin.id == "3801"
    assert settings.cabin.data_dir == folder / "data"
    assert settings.limits.payment_max_fen == 500_000
    assert [contact.name for contact in settings.contacts] == ["居委会", "设备维护"]
    assert settings.devices["terminal"] == DeviceSettings(
        "ecr_hub", "serial:///dev/cabin/terminal?baud=115200", {"app_id": "wz000000000000"}
    )
    assert settings.devices["receipt_printer"].options == {"columns": 48}
    assert settings.gateways.wechat is not None
    assert settings.gateways.wechat.api_v3_key == folder / "keys/wechat_api_v3.key"
    assert settings.gateways.biller is not None
    assert settings.gateways.biller.read_timeout == 10
    assert [rule.institution for rule in settings.barcodes] == ["SH-POWER", "SH-WATER", "SH-GAS"]
    assert settings.barcodes[0].account == (2, 12)


def test_the_example_shows_the_defaults(folder: Path) -> None:
    (folder / "example.toml").write_bytes(EXAMPLE.read_bytes())
    (folder / "small.toml").write_text(complete(SMALL))
    example, small = config.load(folder / "example.toml"), config.load(folder / "small.toml")
    parts = ("cabin", "panel", "night", "limits", "refund", "times", "privacy", "clinic", "voice")
    for part in parts:
        assert getattr(example, part) == getattr(small, part)
    assert small.contacts == ()
    called = rules_of(small, ()).contacts
    assert [(x.name, x.phone) for x in called] == [(small.cabin.name, small.cabin.operator_phone)]
    assert set(small.devices) == {"terminal", "receipt_printer"}
    assert (small.gateways.alipay, small.gateways.wechat) == (None, None)
    assert small.barcodes == ()
    assert small.printing is None
    (folder / "small.toml").write_text(complete(SMALL + PRINTER + "[print]\n"))
    assert config.load(folder / "small.toml").printing == example.printing


def test_the_clinic_is_read_and_its_mistakes_are_named(folder: Path) -> None:
    (folder / "clinic.toml").write_text(
        complete(SMALL) + "[clinic]\nrest_s = 60\npause_s = 90\ndifference = 10\nfhir = true\n"
    )
    assert config.load(folder / "clinic.toml").clinic == ClinicSettings(60, 90, 10, True)
    assert config.load(folder / "clinic.toml").gateways.record is None
    wrong = '[clinic]\nrest_s = -1\npause_s = 2\ndifference = 2.5\nfhir = "yes"\nrest = 3\n'
    assert mistakes(folder, SMALL + wrong) == [
        "cabin.toml:7: clinic.rest_s = -1 is out of range; allowed: 0 … 1800",
        "cabin.toml:8: clinic.pause_s = 2 is out of range; allowed: 5 … 600",
        "cabin.toml:9: clinic.difference = 2.5 is not a whole number of mmHg; allowed: 1 … 40",
        'cabin.toml:10: clinic.fhir = "yes" is not a switch; allowed: true or false',
        "cabin.toml:11: clinic.rest is not known (did you mean rest_s?);"
        " allowed: rest_s, pause_s, difference, fhir",
    ]


def test_codes_of_a_health_record_begin_with_a_letter(folder: Path) -> None:
    record = """\
[gateways.record]
base_url = "https://record.example"
app_id = "x"
token_prefix = "28"
private_key = "keys/record_app_private.pem"
server_public_key = "keys/record_public.pem"
"""
    assert mistakes(folder, SMALL + record) == [
        'cabin.toml:9: gateways.record.token_prefix = "28" is not a letter and 1 … 15 characters'
        " more; allowed: a letter and 1 … 15 characters more",
    ]
    assert mistakes(folder, SMALL + record.replace('"28"', '"HR1"')) == []
    assert mistakes(folder, SMALL + record.replace('"28"', '"SX"')) == [
        'cabin.toml:9: gateways.record.token_prefix = "SX" fits the codes of our own slips;'
        " allowed: another prefix",
    ]
    barcode = BARCODE.replace('"91"', '"HR1X"')
    assert mistakes(folder, SMALL + record.replace('"28"', '"HR1"') + barcode) == [
        'cabin.toml:9: gateways.record.token_prefix = "HR1" fits the codes of the barcode rule'
        ' "one"; allowed: another prefix',
    ]


def test_the_panel_knows_its_millimetres_and_the_night_its_hours(folder: Path) -> None:
    (folder / "small.toml").write_text(complete(SMALL))
    settings = config.load(folder / "small.toml")
    assert math.isclose(settings.panel.px_per_mm * 25.4, 102.5, abs_tol=0.1)
    night = [settings.night.contains(time(hour)) for hour in (21, 22, 23, 0, 5, 6)]
    assert night == [False, True, True, True, True, False]


def test_a_night_that_does_not_pass_midnight(folder: Path) -> None:
    night = '[night]\nfrom = "00:30"\nuntil = "05:00"\n'
    (folder / "small.toml").write_text(complete(SMALL + night))
    hours = config.load(folder / "small.toml").night
    assert [hours.contains(time(0, minute)) for minute in (29, 30)] == [False, True]
    assert [hours.contains(time(hour)) for hour in (5, 23)] == [False, False]


def test_all_mistakes_are_named_at_once_in_the_order_of_lines(folder: Path) -> None:
    text = (
        SMALL.replace('"3801"', "3801")
        + '[limits]\npayment_max_fen = "5000"\nday_max_fen = 0\n'
        + "[time]\nidle_warnin = 5\n[times]\nidle_warnin = 5\nidle_reset = 3\n"
    )
    assert mistakes(folder, text) == [
        "cabin.toml:2: cabin.id = 3801 is not a text; allowed: four digits",
        'cabin.toml:7: limits.payment_max_fen = "5000" is not a whole number of fen;'
        " allowed: 1 … 10000000",
        "cabin.toml:8: limits.day_max_fen = 0 is out of range; allowed: 1 … 1000000000",
        "cabin.toml:9: section [time] is not known (did you mean times?); allowed: cabin, panel,"
        " night, limits, refund, times, privacy, help, devices, gateways, barcode, clinic, notice,"
        " booklet, rice, voice, print, metrics, operator, install",
        "cabin.toml:12: times.idle_warnin is not known (did you mean idle_warning?); allowed:"
        " idle_warning, idle_reset, attract_after, terminal_payment, qr_payment, receipt_patience,"
        " maintenance",
        "cabin.toml:13: times.idle_reset = 3 is out of range; allowed: 20 … 600",
    ]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("[limits]\nday_max_fen = 100\n", "day_max_fen = 100 is less than payment_max_fen"),
        ("[limits]\nday_max_fen = true\n", "limits.day_max_fen = true is not a whole number"),
        ("[times]\nidle_warning = nan\n", "times.idle_warning = NaN is not a number"),
        ("[times]\nidle_warning = true\n", "times.idle_warning = true is not a number"),
        (
            "[times]\nidle_warning = 4\n",
            "times.idle_warning = 4 is out of range; allowed: 5 … 3600",
        ),
        ('[night]\nfrom = "24:00"\n', 'night.from = "24:00" is not a time of day'),
        ("[voice]\nsteps = 3\nvolume = 4\n", "voice.volume = 4 is out of range; allowed: 0 … 3"),
        ('[voice]\noutput = "alsaa"\n', 'voice.output = "alsaa" is not known (did you mean alsa'),
        ("help = 3\n", "cabin.help is not known"),
        ("[help]\ncontact = 3\n", "help.contact is not a list of sections; allowed: [[help.cont"),
        ('[[help.contact]]\nname = "a"\nphone = "021"\n', "help.contact[1].hours is missing"),
        (
            '[[help.contact]]\nname = "a"\nphone = "021"\nhours = "b"\n' * 4,
            "help.contact[4] is one too many for the screen 请人帮忙; allowed: at most 3",
        ),
        ("[devices]\nscanner = 1\n", "devices.scanner = 1 is not a section"),
        ("[devices.scaner]\n", "section [devices.scaner] is not known (did you mean scanner?)"),
        (
            '[devices.terminal]\ndriver = "ecr_hbu"\nport = "/dev/x"\n',
            'devices.terminal.driver = "ecr_hbu" is not known (did you mean ecr_hub?)',
        ),
        (
            '[devices.terminal]\ndriver = "ecr_hub"\napp_id = "wz1"\nport = "COM1"\n',
            'devices.terminal.port = "COM1" is not /dev/…',
        ),
        (
            (
                '[devices.terminal]\ndriver = "ecr_hub"\napp_id = "wz1"\n'
                'port = "/dev/x"\nrecord = "yes"\n'
            ),
            'devices.terminal.record = "yes" is not a switch',
        ),
        (
            '[devices.terminal]\ndriver = "ecr_hub"\napp_id = "wz1"\nport = "serial:///dev/x?baud=fast"\n',
            'devices.terminal.port = "serial:///dev/x?baud=fast" has an unusable setting',
        ),
        (
            '[devices.terminal]\ndriver = "ecr_hub"\napp_id = "wz1"\nport = "/dev/x"\napp = "1"\n',
            "devices.terminal.app is not known (did you mean app_id?)",
        ),
        (
            '[devices.terminal]\ndriver = "ecr_hub"\nport = "/dev/x"\napp_id = [1]\n',
            "devices.terminal.app_id = [1] is not a single value",
        ),
        (
            '[gateways.biller]\nbase_url = "http://x"\napp_id = "x"\nprivate_key = "ca.pem"\n'
            'server_public_key = "ca.pem"\n',
            'gateways.biller.base_url = "http://x" is not an address that begins with https://',
        ),
        (
            '[gateways.biller]\nbase_url = "https://x"\napp_id = "x"\nprivate_key = "no.pem"\n'
            'server_public_key = "ca.pem"\n',
            'gateways.biller.private_key = "no.pem" names no file (looked for no.pem)',
        ),
        (BARCODE + "amount_fen = [20, 28]\n", "barcode[1].amount_fen = [20, 28] is not a slice"),
        (BARCODE + "period = [20, 24]\n", "barcode[1].period = [20, 24] is not six digits long"),
        (BARCODE + 'check = "luna"\n', 'barcode[1].check = "luna" is not known (did you mean luhn'),
        (
            BARCODE.replace("91", "28").replace("27", "17"),
            'barcode[1].prefix = "28" with length 17 fits payment codes of phones',
        ),
        (
            BARCODE + BARCODE.replace('"91"', '"9"').replace("one", "two"),
            'barcode[2].prefix = "9" fits the same codes as the rule "one"',
        ),
    ],
)
def test_each_mistake_is_named(folder: Path, more: str, expected: str) -> None:
    found = mistakes(folder, SMALL + more)
    assert len(found) == 1
    assert expected in found[0]
    assert "; allowed: " in found[0]


def test_what_is_missing_is_named_where_its_section_begins(folder: Path) -> None:
    text = "# empty\n\n" + SMALL.replace('operator_phone = "021-0000 0000"\n', "")
    assert mistakes(folder, text) == [
        "cabin.toml:3: cabin.operator_phone is missing; allowed: a telephone number"
    ]
    missing = mistakes(folder, "")
    assert [sentence.split()[1] for sentence in missing] == [
        f"cabin.{key}" for key in ("id", "name", "address", "operator_phone")
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[cabin]\nid = 'x\n", 2),
        ("[cabin]\nid = \n", 2),
        ("[cabin\n", 1),
        ("a = 1\na = 2\n", 2),
        ('a = """\n\n', 1),
    ],
)
def test_bad_syntax_is_named_with_its_line(folder: Path, text: str, line: int) -> None:
    (found,) = mistakes(folder, text.encode())
    assert found.startswith(f"cabin.toml:{line}: is not TOML: ")


@pytest.mark.parametrize(
    ("line", "sign"),
    [("id = “3801”", "“"), ('id：="3801"', "："), ('id ＝ "3801"', "＝"), ('name = "a，b" x', "")],
)
def test_a_sign_of_a_chinese_input_method_is_pointed_out(
    folder: Path, line: str, sign: str
) -> None:
    (found,) = mistakes(folder, f"[cabin]\n{line}\n".encode())
    assert found.startswith("cabin.toml:2: is not TOML: ")
    assert (f"“{sign}” is a Chinese sign" in found) == bool(sign)
    assert sign or "Chinese" not in found


def test_a_file_may_begin_as_windows_editors_begin_one(folder: Path) -> None:
    (folder / "cabin.toml").write_text(complete(SMALL), encoding="utf-8-sig")
    assert config.load(folder / "cabin.toml").cabin.id == "3801"


@pytest.mark.parametrize(
    "port", ["/dev/cabin/t", "serial:///dev/cabin/t", "serial:///dev/cabin/t?baud=9600"]
)
def test_no_two_machines_have_one_port(folder: Path, port: str) -> None:
    more = '[devices.terminal]\ndriver = "ecr_hub"\napp_id = "wz1"\nport = "/dev/cabin/t"\n'
    more += f'[devices.scanner]\ndriver = "cdc_scanner"\nport = "{port}"\n'
    (found,) = mistakes(folder, SMALL + more)
    assert f'devices.scanner.port = "{port}" is the port of devices.terminal too' in found


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    with pytest.raises(config.ConfigError, match=r"nothing\.toml: can't be read: No such file"):
        config.load(folder / "nothing.toml")
    (found,) = mistakes(folder, b'[cabin]\nid = "\xff"\n')
    assert found == "cabin.toml:2: is not UTF-8; allowed: UTF-8 text"


def test_what_no_cabin_can_do_without_is_named_at_once(folder: Path) -> None:
    found = mistakes(folder, (SMALL + "[devices]\n").encode())
    assert found == [
        "cabin.toml:1: section [gateways.biller] is missing; allowed: [gateways.biller]: bills"
        " are asked for and posted there",
        "cabin.toml:1: there is no way of paying; allowed: at least one of [devices.terminal],"
        " [gateways.alipay], [gateways.wechat]",
        "cabin.toml:6: section [devices.receipt_printer] is missing; allowed:"
        " [devices.receipt_printer]: no payment begins without a receipt",
    ]


@pytest.mark.parametrize("way", ["[devices.terminal]", "[devices.scanner]"])
def test_a_scanner_is_optional_and_one_way_of_paying_is_not(folder: Path, way: str) -> None:
    text = complete(SMALL).replace("[devices.terminal]", way)
    if "scanner" in way:
        text = text.replace("ecr_hub", "cdc_scanner").replace('app_id = "wz1"\n', "")
    found = mistakes(folder, text.encode())
    assert [x for x in found if "no way of paying" not in x] == []
    assert bool(found) is ("scanner" in way)


def test_long_values_are_cut(folder: Path) -> None:
    (found,) = mistakes(folder, SMALL.replace("数字小屋", "屋" * 500))
    assert len(found) < 200
    assert found.startswith('cabin.toml:3: cabin.name = "屋屋')


def test_the_lines_of_all_kinds_of_keys() -> None:
    text = (
        "top = 1\r\n"  # 1
        "dotted.key = 2\r\n"  # 2
        "\r\n"
        "list = [\r\n"  # 4
        "  1, # one\r\n"
        "  2,\r\n"
        "]\r\n"
        "[a.b]\r\n"  # 8
        'text = """\r\n'  # 9
        "[not.a.table]\r\n"
        "not_a_key = 1\r\n"
        '"""\r\n'
        'inline = {"x y" = 1}\r\n'  # 13
        "[[c]]\r\n"  # 14
        "k = 1\r\n"  # 15
        "[[c.d]]\r\n"  # 16
        "[[c]]\r\n"  # 17
        "[[c.d]] # again\r\n"  # 18
        "k = 2\r\n"  # 19
        "[[c.d]]\r\n"  # 20
        "k = 3"  # 21
    )
    document = config_toml.parse(text)
    expected: dict[config_toml.Path, int] = {
        ("top",): 1,
        ("dotted", "key"): 2,
        ("list",): 4,
        ("list", 1): 4,
        ("a", "b"): 8,
        ("a", "b", "text"): 9,
        ("a", "b", "inline", "x y"): 13,
        ("c", 0, "k"): 15,
        ("c", 0, "d", 0): 16,
        ("c", 1): 17,
        ("c", 1, "d", 0, "k"): 19,
        ("c", 1, "d", 1, "k"): 21,
        ("c", 1, "d", 1, "missing"): 20,
        ("nowhere",): 1,
    }
    assert {path: document.line(path) for path in expected} == expected
    assert ("not_a_key",) not in document.lines


def test_a_panel_to_look_for_is_named_by_its_stable_path(folder: Path) -> None:
    path = "/dev/input/by-id/usb-Panel-event-if00"
    (folder / "panel.toml").write_text(f'{complete(SMALL)}\n[panel]\ndevice = "{path}"\n')
    assert config.load(folder / "panel.toml").panel.device == Path(path)
    (folder / "small.toml").write_text(complete(SMALL))
    assert config.load(folder / "small.toml").panel.device is None
    (folder / "wrong.toml").write_text(f'{complete(SMALL)}\n[panel]\ndevice = "event7"\n')
    with pytest.raises(config.ConfigError, match="/dev/input/by-id"):
        config.load(folder / "wrong.toml")


PORTS = {
    "serial": "serial:///dev/cabin/terminal?baud=9600",
    "rfc2217": "rfc2217://box.example:2217?baud=9600",
    "tcp": "tcp://terminal.example:20007",
    "tcp-listen": "tcp-listen://0.0.0.0:6024",
    "usb": "usb://0416:5011/1-1.3",
    "usbip": "usbip://127.0.0.1:3240/1-1",
    "input": "input:///dev/input/by-id/usb-scanner-event-kbd",
    "ipp": "ipp://printer.example:631/ipp/print",
    "ipps": "ipps://printer.example/ipp/print",
    "sane": "sane:airscan:e0:Scanner of the cabin",
}


@pytest.mark.parametrize("scheme", port.schemes())
def test_every_kind_of_port_can_stand_in_the_file(folder: Path, scheme: str) -> None:
    url = PORTS[scheme]
    port.opener(url)
    text = complete(
        SMALL + f'[devices.terminal]\ndriver = "ecr_hub"\napp_id = "wz1"\nport = "{url}"\n'
    )
    file = folder / "cabin.toml"
    file.write_text(text.replace('port = "/dev/x"', f'port = "{url}"'))
    assert config.load(file).devices["terminal"].port == url


@pytest.mark.parametrize(
    ("driver", "port_url"),
    [("zvt", "serial:///dev/x?baud=9600&stop=2"), ("zvt_tcp", "tcp://terminal.example:20007")],
)
def test_a_zvt_terminal_has_two_stop_bits_or_a_network(
    folder: Path, driver: str, port_url: str
) -> None:
    section = f'[devices.terminal]\ndriver = "{driver}"\nport = "{port_url}"\n'
    file = folder / "cabin.toml"
    file.write_text(complete(SMALL + section + 'password = "000000"\nconfig = 62\n'))
    device = config.load(file).devices["terminal"]
    assert (device.driver, device.port) == (driver, port_url)
    assert registry.factory(device.driver, device.options)().status.reason == "starting"
    (means, *_) = means_of(config.load(file), {})
    assert (means.refund, means.commit) == (RefundBy.FULL, Commit.TWO_PHASE)


@pytest.mark.parametrize("query", ["stop=3", "parity=X", "baud=9600&stop=0"])
def test_a_line_that_cannot_be_set_so(folder: Path, query: str) -> None:
    section = f'[devices.terminal]\ndriver = "zvt"\nport = "serial:///dev/x?{query}"\n'
    file = folder / "cabin.toml"
    file.write_text(complete(SMALL + section))
    with pytest.raises(config.ConfigError, match="unusable setting"):
        config.load(file)


def test_every_driver_has_its_place_in_the_file() -> None:
    places = {name for names in config.DRIVERS.values() for name in names}
    assert places == set(registry.names())
