"""Shows every screen in every variant and tells what breaks a rule, as one line of JSON.

A process of its own: Kivy opens its window while it is imported.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from itertools import combinations, product
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
    # Colours have no language: the second one is walked by day only.
    for language, nights in (("zh", (False, True)), ("en", (False,))):
        for lower, night in product((False, True), nights):
            for name, state in every.items():
                face = replace(state.face, night=night)
                visit = replace(state.visit, lower=lower, language=language)
                walk.see(name, replace(state, face=face, visit=visit))
    walk.see("home", every["home"])
    languages = {language for language, _name in app._built}
    app.forget()
    app._tidy()
    left = {language for language, _name in app._built}
    walk.see_homes(every)
    report = walk.report() | {
        "guided": guided(app, shown, pictures.of(every["home"])),
        "unseen": unseen(app, lambda name: pictures.of(STATES[name])),
        "languages": [sorted(languages), sorted(left)],
    }
    print(ids_as_text(report["ids"]) if "ids" in sys.argv else json.dumps(report))


def guided(app: Any, shown: list[Any], below: Any) -> list[str]:
    """What a lesson's guidance breaks, in whatever step of whatever lesson, by day and by night."""
    from kiosk.classroom.lesson import By
    from kiosk.classroom.reading import shipped
    from kiosk.classroom.run import Guidance
    from screens.walk import faults

    broken = []
    for palette, lesson in product(("day", "night"), shipped()):
        for n, step in enumerate(lesson.steps):
            labels = {x: tuple(o.label for o in step.outside if o.by is x) for x in By}
            said = [(step.text, step.more, False), *((x.say, "", True) for x in step.mistakes)]
            for open_sheet, (text, more, kind) in product((False, True), said):
                view = Guidance(
                    *(n + 1, len(lesson.steps), text, more),
                    hint=step.hint,
                    target=step.target,
                    finger=True,
                    light=True,
                    kind=kind,
                    buttons=() if kind else tuple(enumerate(labels[By.LEARNER])),
                    controls=tuple(enumerate(labels[By.VOLUNTEER])),
                )
                shown[0] = replace(below, palette=palette, guide=view)
                app.refresh()
                if open_sheet:
                    app._guide._open()
                # The card is one large button below its own ones.
                found = [x for x in faults(app._guide._top) if "guide.card and" not in x]
                broken += [f"{lesson.name} {step.id} {palette}: {x}" for x in found]
                if open_sheet:
                    app._guide._open()
    shown[0] = below
    app.refresh()
    return broken


def ids_as_text(ids: dict[str, list[str]]) -> str:
    """Screens and their widgets, a screen a line: ``kiosk/classroom/widgets.json``."""
    lines = [f"  {json.dumps(x)}: {json.dumps(names)}" for x, names in ids.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


EVERY = ("pay_bill", "blood_pressure", "print", "rice", "booklet")
"""Five services as there may be, in their order."""
HOMES = ("home", "booklet_home", "booklet_home_long")


def _pretended(chosen: tuple[str, ...]) -> Any:
    """These services, with the longest names that a tile has; the second is out of order."""
    from screens.services import Service

    seals = dict(zip(EVERY, "费压印米本", strict=True))
    return tuple(
        Service(
            x,
            seals[x],
            "seal_bills",
            "水电煤\n缴费",
            "带小票，看缴好没有",
            trouble=lambda _, n=n: "booklet_dispenser:empty" if n == 1 else "",  # type: ignore[misc]
        )
        for n, x in enumerate(chosen)
    )


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
        self._private = 0
        self._betrayed: list[str] = []
        self._said: dict[str, list[Any]] = {}
        self._not_shown: list[str] = []
        self._ids: dict[str, set[str]] = {}
        self._labels: dict[str, set[str]] = {}

    def see(self, name: str, state: Any) -> None:
        from screens.walk import describe
        from screens.widgets.label import Label
        from tests.support.screen_rules import broken

        picture = self._shown[0] = self._pictures.of(state)
        self._app.refresh()
        screen = self._app.screen(picture.screen)
        self._screens.add(picture.screen)
        found = broken(screen)
        if found:
            how = f"{picture.palette} lower={state.visit.lower} {picture.language}"
            self._broken[f"{name} {how}"] = found
        widgets = list(screen.walk())
        told = describe(screen)
        self._ids.setdefault(picture.screen, set()).update(x["id"] for x in told)
        for x in told:
            label = str(x["text"]).replace("\n", "")
            self._labels.setdefault(x["id"], set()).add(label)
        self._listen(f"{name} {picture.language}", picture, widgets)
        self._texts |= {(w.face, w.text) for w in widgets if isinstance(w, Label) and w.text}
        if name.startswith("clinic_"):
            self._look_for_values(name, screen)
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

    def _listen(self, name: str, picture: Any, widgets: list[Any]) -> None:
        """What is said stands on the screen, word by word."""
        from screens.widgets.label import Label

        said = picture.said.utterance
        self._said[name] = [picture.screen, said.on_entry(), said.in_full()]
        shown = " ".join(w.text for w in widgets if isinstance(w, Label))
        words = [x for text in said.in_full() for x in text.split() if x not in shown]
        if words:
            self._not_shown.append(f"{name}: {words}")

    def see_homes(self, states: dict[str, Any]) -> None:
        """Every combination of services, with a notice and without, some out of order."""
        from screens import services

        real = services.SERVICES
        for count in range(len(EVERY) + 1):
            for chosen in combinations(EVERY, count):
                services.SERVICES = _pretended(chosen)
                for name in HOMES:
                    for lower in (False, True):
                        self._see_home(name, states[name], lower, chosen)
                if services.find_is_inside(states["home"]):
                    self._see_inside(states)
        services.SERVICES = real

    def _see_inside(self, states: dict[str, Any]) -> None:
        """查一笔 where the home screen has no room for it."""
        for name in (x for x in states if x.startswith(("bill", "call"))):
            for lower in (False, True):
                visit = replace(states[name].visit, lower=lower)
                self.see(f"{name} of a full cabin", replace(states[name], visit=visit))

    def _see_home(self, name: str, state: Any, lower: bool, chosen: tuple[str, ...]) -> None:
        from screens.home import HomeScreen, view_of
        from tests.support.screen_rules import broken

        view = view_of(replace(state, visit=replace(state.visit, lower=lower)))
        screen = HomeScreen(self._app.kit, lambda *_: None)
        screen.show_frame(self._pictures.of(state).frame)
        screen.show(view)
        found = broken(screen)
        if found:
            self._broken[f"{name} with {chosen} lower={lower}"] = found
        find = () if len(chosen) == len(EVERY) else ("find_slip",)
        if tuple(x.id for x in view.tiles) != (*chosen, *find, "call_person"):
            self._broken[f"{name} with {chosen}"] = [x.id for x in view.tiles]

    def _look_for_values(self, name: str, screen: Any) -> None:
        """The inspect socket must name no value that the glass shows."""
        from screens.walk import describe

        shown = [w.text for w in screen.walk() if w.private and w.text]
        self._private += len(shown)
        said = {x["text"] for x in describe(screen)}
        self._betrayed += [f"{name}: {x}" for x in shown if x in said]

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
            "private": self._private,
            "betrayed": self._betrayed,
            "said": self._said,
            "not_shown": self._not_shown,
            "texts": sorted(self._texts),
            "ids": {screen: sorted(ids) for screen, ids in sorted(self._ids.items())},
            "labels": {x: sorted(texts) for x, texts in sorted(self._labels.items())},
            "fonts": {x: self._app.kit.fonts.path(x) for x in ("regular", "bold", "serif")},
        }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
