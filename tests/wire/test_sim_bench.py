"""The bench's API, as programs use it, and the page's files."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from PIL import Image

import sim.bench as sim_bench
from sim.faults import DEVICE_KINDS, WIRE_KINDS

from .sim_process import SimProcess, raw_port, wait_for


@pytest.fixture(scope="module")
def sim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimProcess]:
    process = SimProcess(tmp_path_factory.mktemp("cabin"), "--speed", "10")
    yield process
    process.stop()


@pytest.fixture(autouse=True)
def clean(sim: SimProcess) -> Iterator[None]:
    yield
    requests.delete(sim.url + "/api/faults", timeout=10).raise_for_status()


def print_receipt(sim: SimProcess, text: str) -> int:
    with raw_port(sim.directory / "receipt_printer") as port:
        port.write(b"\x1b@\x1c&" + text.encode("gb18030") + b"\n\x1dVB\x00\x1dr\x01")
        port.read_until(lambda d: d)
    return int(sim.get("/api/receipts")["receipts"][-1]["number"])


def test_devices_tell_their_state_and_actions(sim: SimProcess) -> None:
    devices = {d["id"]: d for d in sim.get("/api/devices")["devices"]}
    used = {"terminal", "scanner", "receipt_printer", "biller", "qr_payment"}
    assert used <= set(devices)
    for device in devices.values():
        assert device["zh"]
        assert device["en"]
        names = {a["name"] for a in device["actions"]}
        assert names & {"plug", "unplug"}
    assert devices["terminal"]["state"]["screen"] == "idle"


def test_receipts_as_text_and_picture(sim: SimProcess) -> None:
    number = print_receipt(sim, "数字小屋")
    answer = requests.get(f"{sim.url}/api/receipts/{number}.txt", timeout=10)
    assert answer.content.decode("utf-8").startswith("数字小屋\n")
    picture = requests.get(f"{sim.url}/api/receipts/{number}.png", timeout=10)
    assert picture.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).width == 640
    assert requests.get(f"{sim.url}/api/receipts/9999.txt", timeout=10).status_code == 404


def test_a_torn_receipt_says_so(sim: SimProcess) -> None:
    sim.act("receipt_printer/paper_out_after", lines=2)
    with raw_port(sim.directory / "receipt_printer") as port:
        port.write(b"\x1b@one\ntwo\nthree\n")
        wait_for(lambda: sim.device("receipt_printer")["state"]["paper"] == "out")
    receipt = sim.get("/api/receipts")["receipts"][-1]
    assert receipt["torn"]
    text = requests.get(f"{sim.url}/api/receipts/{receipt['number']}.txt", timeout=10).text
    assert text.startswith("one\ntwo\n--- torn")
    sim.act("receipt_printer/power_cycle")
    sim.act("receipt_printer/paper_in")


def test_faults_come_and_go(sim: SimProcess) -> None:
    body = {"device": "terminal", "kind": "coupon", "params": {"fen": 200}, "count": 1}
    assert sim.post("/api/faults", body).json() == {"ok": True}
    assert sim.get("/api/faults")["faults"] == [{**body, "probability": 1.0}]
    gone = requests.delete(sim.url + "/api/faults?device=terminal", timeout=10)
    assert gone.json()["cleared"] == 1
    assert sim.get("/api/faults")["faults"] == []


def test_a_fault_of_the_paper_shows_at_once(sim: SimProcess) -> None:
    sim.post("/api/faults", {"device": "receipt_printer", "kind": "cover_open", "count": 1})
    assert sim.device("receipt_printer")["state"]["cover"] == "open"
    sim.act("receipt_printer/cover_close")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"device": "toaster", "kind": "drop"},
        {"device": "terminal", "kind": "toast"},
        {"device": "terminal", "kind": "drop", "count": 0},
        {"device": "terminal", "kind": "drop", "count": "1"},
        {"device": "terminal", "kind": "drop", "probability": 2},
        {"device": "terminal", "kind": "drop", "params": 5},
        {"device": "terminal", "kind": "delay", "params": {"seconds": [1]}},
        {"device": "terminal", "kind": "garbage", "params": {"hex": "xy"}},
        {"device": "terminal", "kind": "delay", "params": {"seconds": "5"}},
        {"device": "terminal", "kind": "delay", "params": {"seconds": -5}},
        {"device": "terminal", "kind": "delay", "params": {"seconds": float("inf")}},
        {"device": "terminal", "kind": "decline", "params": {"code": 51}},
    ],
)
def test_faults_that_are_none_are_refused_with_a_reason(
    sim: SimProcess, body: dict[str, object]
) -> None:
    # json.dumps writes Infinity, which is no JSON but which Python reads
    url = sim.url + "/api/faults"
    answer = requests.post(url, data=json.dumps(body), timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sim.get("/api/faults")["faults"] == []


def test_actions_that_can_not_be_done(sim: SimProcess) -> None:
    assert sim.post("/api/devices/terminal/tap_card").status_code == 409
    assert sim.post("/api/devices/terminal/toast").status_code == 409
    assert sim.post("/api/devices/toaster/toast").status_code == 404
    url = sim.url + "/api/devices/scanner/scan"
    assert requests.post(url, data="[1]", timeout=10).status_code == 400
    assert requests.post(url, data="{", timeout=10).status_code == 400


def test_other_pages_in_the_same_browser_are_refused(sim: SimProcess) -> None:
    url = sim.url + "/api/devices/scanner/scan"
    for origin, status in (("http://example.org", 403), (sim.url, 200)):
        answer = requests.post(url, json={"code": "1"}, headers={"Origin": origin}, timeout=10)
        assert answer.status_code == status


def test_gateways_are_devices_too(sim: SimProcess) -> None:
    sim.act("biller/unplug")
    assert sim.device("biller")["state"]["reachable"] is False
    sim.act("biller/plug")
    assert sim.device("biller")["state"]["reachable"] is True
    assert sim.post("/api/devices/qr_payment/pay").status_code == 409  # no open order
    machines = {"terminal", "terminal_zvt", "rice_mill", "document_printer", "booklet_dispenser"}
    assert set(sim.get("/api/ledger")) == {*machines, "biller", "alipay", "wechat"}


def test_the_date_jumps(sim: SimProcess) -> None:
    before = sim.get("/api/state")["time"]
    assert sim.post("/api/clock", {"jump": 86400}).json()["time"] >= before + 86400
    for jump in ('"far"', "Infinity", "NaN", "1e300", "true"):
        answer = requests.post(sim.url + "/api/clock", data=f'{{"jump": {jump}}}', timeout=10)
        assert answer.status_code == 400


def test_setups_by_name(sim: SimProcess) -> None:
    names = [s["name"] for s in sim.get("/api/setups")["setups"]]
    assert "terminal_offline" in names
    assert sim.post("/api/setups/paper_low").ok
    assert sim.device("receipt_printer")["state"]["paper"] == "low"
    sim.act("receipt_printer/paper_in")
    assert sim.post("/api/setups/no_such").status_code == 404


def test_bills_have_barcodes(sim: SimProcess) -> None:
    for bill in sim.get("/api/bills")["bills"]:
        assert re.fullmatch(r"9[123]\d{25}", bill["code"])


def test_without_a_display_the_kiosks_picture_says_why(sim: SimProcess) -> None:
    answer = requests.get(sim.url + "/api/kiosk.png", timeout=10)
    assert answer.status_code == 503
    assert "--kiosk-display" in answer.json()["error"]


def test_the_page_needs_nothing_from_elsewhere(sim: SimProcess) -> None:
    page = requests.get(sim.url + "/", timeout=10)
    assert page.headers["Content-Type"].startswith("text/html")
    wanted = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert wanted
    for name in wanted:
        assert "//" not in name
        answer = requests.get(f"{sim.url}/{name}", timeout=10)
        assert answer.ok
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", answer.text)


def test_no_way_out_of_the_pages_folder(sim: SimProcess) -> None:
    for path in ("/app.py", "/..%2fmain.py", "/%2e%2e/main.py"):
        assert requests.get(sim.url + path, timeout=10).status_code == 404


@pytest.mark.window
def test_the_kiosks_picture_and_a_click(display: str, tmp_path: Path) -> None:
    from Xlib import X
    from Xlib import display as xdisplay

    screen = xdisplay.Display(display)
    root = screen.screen().root
    window = root.create_window(
        100, 200, 300, 400, 0, screen.screen().root_depth, background_pixel=0xA3201A,
        event_mask=X.ButtonPressMask | X.ButtonReleaseMask, override_redirect=True,
    )  # fmt: skip
    window.map()
    screen.sync()
    sim = SimProcess(tmp_path, "--kiosk-display", display)
    try:
        answer = requests.get(sim.url + "/api/kiosk.png?full=1", timeout=20)
        image = Image.open(io.BytesIO(answer.content))
        assert image.getpixel((250, 400)) == (0xA3, 0x20, 0x1A)
        half = Image.open(io.BytesIO(requests.get(sim.url + "/api/kiosk.png", timeout=20).content))
        assert (half.width, half.height) == (image.width // 2, image.height // 2)
        assert sim.post("/api/kiosk/click", {"x": 150, "y": 250}).ok
        wait_for(lambda: screen.pending_events() >= 2)
        press, release = screen.next_event(), screen.next_event()
        assert (press.type, release.type) == (X.ButtonPress, X.ButtonRelease)
        assert (press.event_x, press.event_y) == (50, 50)
    finally:
        sim.stop()
        window.destroy()
        screen.close()


def test_a_body_is_json_whatever_its_header_says(sim: SimProcess) -> None:
    """``curl -d`` calls every body a form."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    fault = b'{"device": "scanner", "kind": "delay", "params": {"seconds": 1}}'
    url = sim.url + "/api/faults"
    assert requests.post(url, data=fault, headers=form, timeout=10).status_code == 200
    assert [x["kind"] for x in sim.get("/api/faults")["faults"]] == ["delay"]
    wrong = requests.post(url, data=b"device=scanner", headers=form, timeout=10)
    assert wrong.status_code == 400
    assert wrong.json()["error"] == "a JSON object is wanted"


def test_every_setup_can_be_made_and_undone(sim: SimProcess) -> None:
    for setup in sim.get("/api/setups")["setups"]:
        assert sim.post(f"/api/setups/{setup['name']}").ok, setup["name"]
        assert sim.post("/api/setups/normal").ok
    devices = {x["id"]: x for x in sim.get("/api/devices")["devices"]}
    assert all(x["state"].get("plugged", True) for x in devices.values())
    assert devices["booklet_dispenser"]["state"]["hopper"] == 50


def test_every_fault_of_every_machine_has_its_button() -> None:
    script = (Path(sim_bench.__file__).parent / "draw.js").read_text("utf-8")
    table = script[script.index("const FAULTS = [") : script.index("const drawFaults")]
    groups = re.split(r'\n  \["', table)[1:]
    offered: dict[str, set[str]] = {}
    for group in groups:
        device, _, rest = group.partition('"')
        offered.setdefault(device, set()).update(re.findall(r'\["(\w+)", "', rest))
    for device, kinds in DEVICE_KINDS.items():
        assert set(kinds) <= offered.get(device, set()), device
        assert offered.get(device, set()) <= {*kinds, *WIRE_KINDS}, device
