"""Show every screen in every variant, end the visit, and look for what is left of it.

A process of its own: ``python -m tests.journey.wiping FOLDER`` prints what it found as JSON.
"""

from __future__ import annotations

import gc
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk.core.state import State
from kiosk.core.visit.steps import ChooseTopUp
from kiosk.settings import VoiceSettings
from kiosk.speech.speaker import Speaker
from screens.environment import Panel, prepare

# Accounts, tails, masked names and sums of tests.support.states; those of the orders come in too.
OWNER = "户主甲"  # a biller that doesn't mask
TELLING = (
    "3100",
    "4417",
    "0082",
    "7730",
    "0900",
    "**",
    "96.30",
    "32.10",
    "41.00",
    "1,131.20",
    OWNER,
    "体检报告",
    "全家福",
    "居住证明",
)
VALUES = ("每分钟", "/")
"""What stands in a text that tells a reading."""


def main() -> None:
    """Show, forget, search, show again."""
    prepare(Panel(), kiosk=True)
    from screens.app import KioskApp
    from screens.pictures import SCREENS, PictureMaker
    from screens.voice import Teller
    from screens.walk import describe
    from screens.widgets.qr import QrImage
    from tests.support.all_states import STATES

    maker = PictureMaker("数字小屋")
    now = {"picture": maker.of(STATES["home"])}
    teller = Teller(Speaker(VoiceSettings(output="none"), Path(sys.argv[1])))
    app = KioskApp(
        Panel(),
        SCREENS,
        lambda: now["picture"],
        lambda *_: None,
        data_dir=Path(sys.argv[1]),
        on_shown=teller.shown,
    )
    states = {**STATES, **{f"{x}_unmasked": unmasked(STATES[x]) for x in ("bills_one", "topup")}}

    def show(name: str) -> list[dict[str, Any]]:
        now["picture"] = maker.of(states[name])
        app.refresh()
        app.loop.step()
        return describe(app.screen(now["picture"].screen))

    def prints() -> dict[str, int]:
        """A number for what each variant shows, which keeps none of its texts."""
        return {name: hash(json.dumps(show(name))) for name in states}

    def readings() -> set[str]:
        """Blood pressure as the clinic's screens say it; the inspect socket wouldn't tell it."""
        shown = set()
        for name in states:
            show(name)
            widgets = app.screen(now["picture"].screen).walk()
            shown |= {w.text for w in widgets if w.private and any(x in w.text for x in VALUES)}
        return shown

    def told() -> set[bytes]:
        tokens = {*TELLING, *(x.short_id for s in states.values() for x in s.orders.values())}
        shown = {w["text"] for name in states for w in show(name)}
        found = {x for x in shown if any(token in x for token in tokens)} | readings()
        return {x[::-1].encode() for x in found}

    planted, before = told(), prints()

    def codes() -> int:
        return sum(type(x) is QrImage and bool(x._data or x._modules) for x in gc.get_objects())

    held, coded = app.kit.texts.bytes, codes()
    app.forget()
    teller.forget()
    show("home")
    left = search(planted)
    found = {
        "planted": len(planted),
        "owners": sum(OWNER in x.decode()[::-1] for x in planted),
        "readings": sum(any(y in x.decode()[::-1] for y in VALUES) for x in planted),
        "left": sorted(left),
        "codes_before": coded,
        "codes": codes(),
        "texts_before": held,
        "texts_after": app.kit.texts.bytes,
        "spoilt": [name for name, number in prints().items() if number != before[name]],
    }
    print(json.dumps(found))


def unmasked(state: State) -> State:
    """The same with the owner's name as no biller should give it."""
    visit, step = state.visit, state.visit.step
    accounts = tuple(replace(x, owner_masked=OWNER) for x in visit.accounts)
    if isinstance(step, ChooseTopUp):
        step = replace(step, account=replace(step.account, owner_masked=OWNER))
    return replace(state, visit=replace(visit, accounts=accounts, step=step))


def search(planted: set[bytes]) -> set[str]:
    """Which of the planted texts (written backwards) are in any object of the process."""
    gc.collect()
    objects = gc.get_objects()
    strings = {x for one in objects for x in gc.get_referents(one) if type(x) is str}
    return {x for x in strings if len(x) > 3 and x[::-1].encode() in planted}


if __name__ == "__main__":
    main()
