"""Every screen in every variant as a picture.

``python -m tests.gallery FOLDER [NAME …]`` draws all, or those of that name, by day and by night;
by name also those of ``tests.support.extremes``.
``python -m tests.gallery --readme`` draws anew, small and by day, the few pictures that the
README shows. Needs a display of at least the panel's size (``xvfb-run`` or a desktop).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from screens import environment

README = ("home_print", "confirm", "pay_terminal", "unknown")
README_FOLDER = Path(environment.__file__).parent / "pictures"
README_WIDTH = 540


def draw(
    names: tuple[str, ...], palettes: tuple[bool, ...], **visit: object
) -> Iterator[tuple[str, bool, Any]]:
    """Each of these states, by day (False) or by night (True), as a Pillow image.

    ``visit`` changes fields of the visit.
    """
    environment.prepare(environment.Panel())
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    from screens.app import KioskApp
    from screens.pictures import SCREENS, PictureMaker
    from tests.support.all_states import STATES
    from tests.support.extremes import extremes
    from tests.support.print_shop import page_store

    states = STATES | extremes()
    pictures = PictureMaker("数字小屋")
    shown: list[Any] = [None]
    with tempfile.TemporaryDirectory() as data_dir:
        app = KioskApp(
            environment.Panel(),
            SCREENS,
            lambda: shown[0],
            lambda *_: None,
            data_dir=Path(data_dir),
            pages=page_store(),
        )
        size = app.theme.width, app.theme.height
        for night in palettes:
            for name in names or tuple(STATES):
                state = states[name]
                face = replace(state.face, night=night)
                changed: Any = replace(state.visit, **visit)
                shown[0] = pictures.of(replace(state, face=face, visit=changed))
                app.refresh()
                for _ in range(3):
                    app.loop.step()
                app.loop.draw()
                pixels = glReadPixels(0, 0, *size, GL_RGB, GL_UNSIGNED_BYTE)
                picture = Image.frombytes("RGB", size, pixels)
                yield name, night, picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--english", action="store_true", help="in the second language")
    parser.add_argument("--low", action="store_true", help="矮一点")
    parser.add_argument("--readme", action="store_true")
    options = parser.parse_intermixed_args()
    if options.readme:
        README_FOLDER.mkdir(exist_ok=True)
        for name, _, picture in draw(README, (False,)):
            height = round(picture.height * README_WIDTH / picture.width)
            small = picture.resize((README_WIDTH, height), resample=1)
            # Few colours: paper, ink, two or three more; half the size and no loss to see.
            file = README_FOLDER / f"{name.partition('_')[0]}.png"
            small.quantize(96, dither=0).save(file, optimize=True)
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
