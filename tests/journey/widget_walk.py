"""Shows every screen in every variant and tells what breaks a rule, as one line of JSON.

A process of its own: Kivy opens its window while it is imported.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from screens import environment


def main(data_dir: Path) -> None:
    environment.prepare(environment.Panel())
    from screens.app import KioskApp
    from screens.pictures import SCREENS, PictureMaker
    from tests.support.all_states import STATES
    from tests.support.extremes import extremes
    from tests.support.print_shop import page_store
    from tests.support.spoilt import unseen

    shown: list[Any] = [None]
    sent: list[tuple[str, object]] = []
    app = KioskApp(
        environment.Panel(),
        SCREENS,
        lambda: shown[0],
        lambda target, value, _version: sent.append((target, value)),
        data_dir=data_dir,
        pages=page_store(),
    )
    pictures = PictureMaker("数字小屋")
    walk = _Walk(app, shown, sent, pictures)
    every = STATES | extremes()
    for lower in (False, True):
        for night in (False, True):
            for name, state in every.items():
                face = replace(state.face, night=night)
                visit = replace(state.visit, lower=lower)
                walk.see(name, replace(state, face=face, visit=visit))
    walk.see_homes()
    report = walk.report() | {"unseen": unseen(app, lambda name: pictures.of(STATES[name]))}
    print(json.dumps(report, ensure_ascii=False))


class _Walk:
    def __init__(self, app: Any, shown: list[Any], sent: list[Any], pictures: Any) -> None:
        self._app, self._shown, self._sent, self._pictures = app, shown, sent, pictures
        self._broken: dict[str, list[str]] = {}
        self._dead: list[str] = []
        self._bar: dict[str, list[list[int]]] = {}
        self._tops: dict[str, dict[str, int]] = {}
        self._ways_out: list[str] = []
        self._texts: set[tuple[str, str]] = set()
        self._screens: set[str] = set()

    def see(self, name: str, state: Any) -> None:
        from screens.widgets.label import Label
        from tests.support.screen_rules import broken

        picture = self._shown[0] = self._pictures.of(state)
        self._app.refresh()
        screen = self._app.screen(picture.screen)
        self._screens.add(picture.screen)
        found = broken(screen)
        if found:
            self._broken[f"{name} {picture.palette} lower={state.visit.lower}"] = found
        widgets = list(screen.walk())
        self._texts |= {(w.face, w.text) for w in widgets if isinstance(w, Label) and w.text}
        touchables = [w for w in widgets if w.touchable and w.enabled]
        for widget in touchables:
            self._touch(name, state, widget)
        bar = [w for w in touchables if w.id.startswith("nav.")]
        for w in bar:
            place = [w.box.x, w.box.y, w.box.w, w.box.h]
            if place not in self._bar.setdefault(w.id, []):
                self._bar[w.id].append(place)
        others = [w.box.y for w in touchables if w not in bar]
        if others:
            self._tops.setdefault(name, {})[str(state.visit.lower)] = min(others)
        self._compare_ways_out(name, state, {w.id for w in bar})

    def see_homes(self) -> None:
        """The home screen with a notice and with one to six services, which no state has yet."""
        from screens.base import Frame
        from screens.home import HomeScreen, HomeView, Tile
        from tests.support.screen_rules import broken

        seals, colour, name = "费压印米本问", "seal_bills", "水电煤\n缴费"
        for count in range(1, 7):
            for low in (False, True):
                for notice in ("", "学缴水电费，学自己量血压。义工手把手教。"):
                    tiles = tuple(
                        Tile(f"t{n}", seals[n], colour, name, "本子发完了，明早补", n != 2)
                        for n in range(count)
                    )
                    title = "小义工课堂 · 本周三 9:30" if notice else ""
                    view = HomeView("您好，今天要办什么？", "不着急。", tiles, title, notice, low)
                    screen = HomeScreen(self._app.kit, lambda *_: None)
                    screen.show_frame(Frame("数字小屋", "11月22日 星期日", "20:15"))
                    screen.show(view)
                    found = broken(screen)
                    if found:
                        self._broken[f"home of {count} low={low} {title}"] = found

    def _touch(self, name: str, state: Any, widget: Any) -> None:
        """Whatever can be touched is called by what it sends, and the visit answers it."""
        from kiosk.core.visit import messages as m
        from kiosk.core.visit.decide import decide

        self._sent.clear()
        widget.unlock()
        widget.act()
        widget.unlock()
        if len(self._sent) != 1:
            self._dead.append(f"{name}: {widget.id} sent {self._sent}")
            return
        target, value = self._sent[0]
        words = {"delete": "erase", "clear": "clear"}
        key = widget.id.rpartition(".")[2]
        ids = {target, f"{target}.{value}"}
        if widget.id not in ids and target != f"digits.{words.get(key)}":
            self._dead.append(f"{name}: {widget.id} sent {target} {value}")
        if target == "order.wait" or getattr(state.visit.step, "note", None):
            return  # waiting stays where it is; what was said already is not said otherwise
        text = "" if value is None else str(value)
        after, commands = decide(state, m.Touched(target, text, state.version))
        if after == state and not [x for x in commands if not isinstance(x, m.Ring)]:
            self._dead.append(f"{name}: {widget.id} does nothing")

    def _compare_ways_out(self, name: str, state: Any, bar: set[str]) -> None:
        """返回 and 首页 are there only where they are allowed, and never lacking both."""
        from kiosk.core.visit.steps import Overlay
        from kiosk.core.visit.view import exits

        if state.visit.overlay is not Overlay.NONE:
            if bar:
                self._ways_out.append(f"{name}: {sorted(bar)} under an overlay")
            return
        allowed = {x for x, ok in zip(("nav.back", "nav.home"), exits(state), strict=True) if ok}
        if bar & {"nav.back", "nav.home"} - allowed:
            self._ways_out.append(f"{name}: {sorted(bar)} but only {sorted(allowed)} may be")
        if "nav.home" in allowed - bar and "receipt" not in self._shown[0].screen:
            self._ways_out.append(f"{name}: 首页 is missing")

    def report(self) -> dict[str, Any]:
        return {
            "screens": sorted(self._screens),
            "broken": self._broken,
            "dead": self._dead,
            "bar": self._bar,
            "tops": self._tops,
            "ways_out": self._ways_out,
            "texts": sorted(self._texts),
            "fonts": {x: self._app.kit.fonts.path(x) for x in ("regular", "bold", "serif")},
        }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
