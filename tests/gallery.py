"""Every screen in every variant as a picture.

``python -m tests.gallery FOLDER [NAME …]`` draws all, or those of that name, by day and by night;
by name also those of ``tests.support.extremes``.
``python -m tests.gallery --readme`` draws anew, small and by day, the few pictures that the
README shows; ``--handbook [FOLDER]`` those of the volunteers' handbook. Needs a display of at
least the panel's size (``xvfb-run`` or a desktop).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import kiosk
from screens import environment

README = ("home_print", "confirm", "pay_terminal", "unknown")
README_FOLDER = Path(environment.__file__).parent / "pictures"
README_WIDTH = 540
HANDBOOK_FOLDER = Path(kiosk.__file__ or "").parent / "classroom" / "handbook"


class Easel:
    """A window of the panel's size that paints pictures."""

    def __init__(self, data_dir: Path) -> None:
        environment.prepare(environment.Panel())
        from screens.app import KioskApp
        from screens.pictures import SCREENS, PictureMaker
        from tests.support.print_shop import page_store

        self.pictures = PictureMaker("数字小屋")
        self._shown: list[Any] = [None]
        self.app = KioskApp(
            environment.Panel(),
            SCREENS,
            lambda: self._shown[0],
            lambda *_: None,
            data_dir=data_dir,
            pages=page_store(),
        )

    def show(self, picture: Any) -> None:
        """Let the window show a picture."""
        self._shown[0] = picture
        self.app.refresh()

    def paint(self) -> Any:
        """What the window shows, as a Pillow image."""
        from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
        from PIL import Image

        for _ in range(3):
            self.app.loop.step()
        self.app.loop.draw()
        size = self.app.theme.width, self.app.theme.height
        pixels = glReadPixels(0, 0, *size, GL_RGB, GL_UNSIGNED_BYTE)
        return Image.frombytes("RGB", size, pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def draw(
    names: tuple[str, ...], palettes: tuple[bool, ...], **visit: object
) -> Iterator[tuple[str, bool, Any]]:
    """Each of these states, by day (False) or by night (True), as a Pillow image.

    ``visit`` changes fields of the visit.
    """
    with tempfile.TemporaryDirectory() as data_dir:
        easel = Easel(Path(data_dir))
        from tests.support.all_states import STATES
        from tests.support.extremes import extremes

        states = STATES | extremes()
        for night in palettes:
            for name in names or tuple(STATES):
                state = states[name]
                face = replace(state.face, night=night)
                changed: Any = replace(state.visit, **visit)
                easel.show(easel.pictures.of(replace(state, face=face, visit=changed)))
                yield name, night, easel.paint()


def save_small(picture: Any, file: Path, width: int) -> None:
    """Few colours: paper, ink, two or three more; half the size and no loss to see."""
    small = picture.resize((width, round(picture.height * width / picture.width)), resample=1)
    small.quantize(96, dither=0).save(file, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--english", action="store_true", help="in the second language")
    parser.add_argument("--low", action="store_true", help="矮一点")
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--handbook", type=Path, nargs="?", const=HANDBOOK_FOLDER, metavar="FOLDER")
    options = parser.parse_intermixed_args()
    if options.readme:
        README_FOLDER.mkdir(exist_ok=True)
        for name, _, picture in draw(README, (False,)):
            save_small(picture, README_FOLDER / f"{name.partition('_')[0]}.png", README_WIDTH)
        return
    if options.handbook is not None:
        from tests.handbook import draw_handbook

        draw_handbook(options.handbook)
        return
    if options.folder is None:
        parser.error("a folder is needed")
    options.folder.mkdir(parents=True, exist_ok=True)
    visit: dict[str, object] = {"language": "en"} if options.english else {}
    if options.low:
        visit["lower"] = True
    for name, night, picture in draw(tuple(options.names), (False, True), **visit):
        picture.save(options.folder / f"{name}{'_night' if night else ''}.png")


if __name__ == "__main__":
    main()
