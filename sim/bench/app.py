"""The bench's web application: the API of the design's "What anybody can run", and the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from flask import Flask, Response, abort, jsonify, request, send_from_directory
from werkzeug.exceptions import HTTPException

from sim.bench.kiosk_screen import KioskScreen, ScreenError
from sim.bills import sample_bills
from sim.cabin import GATEWAY_IDS, Cabin
from sim.devices.model import ActionError
from sim.devices.paper import Element, to_png, to_text
from sim.faults import DEVICE_KINDS, GATEWAY_KINDS, WIRE_KINDS, Fault
from sim.setups import SETUPS, apply_setup

MOST = 1e9  # seconds of a jump, pixels of a click
HERE = Path(__file__).parent
PAGE_FILES = ("index.html", "bench.css", "bench.js", "draw.js", "machines.js")
KINDS: Mapping[str, tuple[str, ...]] = {
    **{device: (*kinds, *WIRE_KINDS) for device, kinds in DEVICE_KINDS.items()},
    **dict.fromkeys(GATEWAY_IDS, GATEWAY_KINDS),
}


def make_app(
    cabin: Cabin,
    wake: Callable[[], None],
    jump: Callable[[float], None],
    screen: KioskScreen,
    seed: int = 0,
) -> Flask:
    """The application. `wake` is called after every change, `jump` moves the simulated date."""
    app = Flask(__name__, static_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    _refuse_strangers(app)
    _device_routes(app, cabin, wake)
    _fault_routes(app, cabin, wake, jump)
    _receipt_routes(app, cabin)
    _screen_routes(app, screen)
    _page_routes(app, cabin, screen, seed)
    return app


def _body() -> dict[str, object]:
    """The JSON object of the request; an empty body is an empty object.

    Whatever the header says: ``curl -d`` calls every body a form.
    """
    data = request.get_data(parse_form_data=False)
    if not data:
        return {}
    try:
        body = json.loads(data)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        abort(400, "a JSON object is wanted")
    return body


def _number(body: Mapping[str, object], name: str) -> float:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MOST:
        abort(400, f"{name}: a number is wanted")
    return float(value)


def _refuse_strangers(app: Flask) -> None:
    """Errors as JSON; and no other web page in the same browser may press the buttons."""

    @app.before_request
    def same_origin() -> None:
        origin = request.headers.get("Origin")
        if origin is not None and origin.rstrip("/") != request.host_url.rstrip("/"):
            abort(403, "requests of other pages are refused")

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[Response, int]:
        return jsonify(error=error.description), error.code or 500

    @app.errorhandler(ActionError)
    def action_error(error: ActionError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 409


def _device_routes(app: Flask, cabin: Cabin, wake: Callable[[], None]) -> None:
    @app.get("/api/devices")
    def devices() -> Response:
        with cabin.lock:
            cabin.catch_up()
            return jsonify(devices=cabin.devices())

    @app.post("/api/devices/<device_id>/<action>")
    def act(device_id: str, action: str) -> Response:
        body = _body()
        with cabin.lock:
            cabin.catch_up()
            try:
                result = cabin.act(device_id, action, body)
            except KeyError:
                abort(404, f"no device {device_id}")
        wake()
        return jsonify(ok=True, result=result)

    @app.get("/api/ledger")
    def ledger() -> Response:
        with cabin.lock:
            cabin.catch_up()
            return jsonify(cabin.ledger())

    @app.get("/api/bills")
    def bills() -> Response:
        return jsonify(bills=_bills(cabin))


def _fault_routes(
    app: Flask, cabin: Cabin, wake: Callable[[], None], jump: Callable[[float], None]
) -> None:
    @app.get("/api/faults")
    def faults() -> Response:
        return jsonify(faults=_faults(cabin), kinds=KINDS)

    @app.post("/api/faults")
    def add_fault() -> Response:
        fault = _fault(_body())
        cabin.faults.add(fault)
        with cabin.lock:
            cabin.catch_up()
            cabin.poke()
        wake()
        return jsonify(ok=True)

    @app.delete("/api/faults")
    def clear_faults() -> Response:
        cleared = cabin.faults.clear(request.args.get("device"), request.args.get("kind"))
        wake()
        return jsonify(ok=True, cleared=cleared)

    @app.get("/api/setups")
    def setups() -> Response:
        return jsonify(setups=[{"name": n, "zh": s.zh, "en": s.en} for n, s in SETUPS.items()])

    @app.post("/api/setups/<name>")
    def setup(name: str) -> Response:
        if name not in SETUPS:
            abort(404, f"no set-up {name}")
        with cabin.lock:
            cabin.catch_up()
            apply_setup(cabin, name)
        wake()
        return jsonify(ok=True)

    @app.post("/api/clock")
    def clock() -> Response:
        jump(_number(_body(), "jump"))
        return jsonify(ok=True, time=cabin.clock.time())


def _fault(body: Mapping[str, object]) -> Fault:
    """A fault from {"device", "kind", "params"?, "count"?, "probability"?}; 400 when wrong."""
    device, kind = body.get("device"), body.get("kind")
    if not isinstance(device, str) or device not in KINDS:
        abort(400, f"device: one of {', '.join(KINDS)} is wanted")
    if not isinstance(kind, str) or kind not in KINDS[device]:
        abort(400, f"kind: one of {', '.join(KINDS[device])} is wanted")
    params, count = body.get("params", {}), body.get("count")
    probability = body.get("probability", 1.0)
    if not isinstance(params, dict):
        abort(400, "params: an object is wanted")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int)):
        abort(400, "count: a whole number or null is wanted")
    if isinstance(probability, bool) or not isinstance(probability, int | float):
        abort(400, "probability: a number is wanted")
    try:
        fault = Fault(device, kind, params, count, float(probability))
        fault.check()
    except ValueError as error:
        abort(400, str(error))
    return fault


def _faults(cabin: Cabin) -> list[dict[str, object]]:
    return [
        {
            "device": f.device,
            "kind": f.kind,
            "params": dict(f.params),
            "count": f.count,
            "probability": f.probability,
        }
        for f in cabin.faults.active()
    ]


def _bills(cabin: Cabin) -> list[dict[str, object]]:
    return [
        {
            "biller": b.biller,
            "account": b.account,
            "amount_fen": b.amount_fen,
            "period": b.period,
            "code": b.code,
            "zh": b.note_zh,
            "en": b.note_en,
        }
        for b in sample_bills(cabin.clock.time())
    ]


def _receipt_routes(app: Flask, cabin: Cabin) -> None:
    def find(number: int) -> tuple[tuple[Element, ...], bool]:
        """Receipt `number`; 0 is the paper that hangs out, not yet cut."""
        with cabin.lock:
            cabin.catch_up()
            if number == 0:
                return cabin.printer.piece(), False
            found = [r for r in cabin.printer.receipts if r.number == number]
        if not found:
            abort(404, f"no receipt {number}")
        return found[0].elements, found[0].torn

    @app.get("/api/receipts")
    def receipts() -> Response:
        with cabin.lock:
            cabin.catch_up()
            return jsonify(receipts=_receipts(cabin))

    @app.get("/api/receipts/<int:number>.txt")
    def receipt_text(number: int) -> Response:
        elements, torn = find(number)
        text = to_text(elements) + ("--- torn: no cut ---\n" if torn else "")
        return Response(text, content_type="text/plain; charset=utf-8")

    @app.get("/api/receipts/<int:number>.png")
    def receipt_picture(number: int) -> Response:
        return Response(to_png(*find(number)), content_type="image/png")


def _receipts(cabin: Cabin) -> list[dict[str, object]]:
    return [{"number": r.number, "at": r.at, "torn": r.torn} for r in cabin.printer.receipts]


def _screen_routes(app: Flask, screen: KioskScreen) -> None:
    @app.errorhandler(ScreenError)
    def no_screen(error: ScreenError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 503

    @app.get("/api/kiosk.png")
    def kiosk_picture() -> Response:
        return Response(screen.png("full" in request.args), content_type="image/png")

    @app.post("/api/kiosk/click")
    def kiosk_click() -> Response:
        body = _body()
        screen.click(int(_number(body, "x")), int(_number(body, "y")))
        return jsonify(ok=True)


def _page_routes(app: Flask, cabin: Cabin, screen: KioskScreen, seed: int) -> None:
    @app.get("/api/state")
    def state() -> Response:
        """Everything the page draws, in one answer."""
        with cabin.lock:
            cabin.catch_up()
            return jsonify(
                devices=cabin.devices(),
                faults=_faults(cabin),
                receipts=_receipts(cabin)[-12:],
                printed=len(cabin.printer.piece()),
                time=cabin.clock.time(),
                kiosk={"display": screen.name, "reason": screen.reason},
                seed=seed,
            )

    @app.get("/")
    def index() -> Response:
        return send_from_directory(HERE, "index.html")

    @app.get("/<name>")
    def page_file(name: str) -> Response:
        if name not in PAGE_FILES:
            abort(404, f"no page {name}")
        return send_from_directory(HERE, name)
