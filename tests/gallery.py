"""Every screen in every variant as a picture: ``python -m tests.gallery FOLDER [NAME …]``.

Needs a display of at least the panel's size (``xvfb-run`` or a desktop).
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from screens import environment


def main(folder: Path, names: list[str]) -> None:
    environment.prepare(environment.Panel())
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    from screens.app import KioskApp
    from screens.pictures import SCREENS, PictureMaker
    from tests.support.states import STATES

    folder.mkdir(parents=True, exist_ok=True)
    pictures = PictureMaker("数字小屋")
    shown = [None]
    app = KioskApp(
        environment.Panel(), SCREENS, lambda: shown[0], lambda *_: None, data_dir=folder / "cache"
    )
    for night in (False, True):
        for name in names or STATES:
            state = STATES[name]
            state = replace(state, face=replace(state.face, night=night))
            shown[0] = pictures.of(state)
            app.refresh()
            for _ in range(3):
                app.loop.step()
            app.loop.draw()
            width, height = app.theme.width, app.theme.height
            pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
            picture = Image.frombytes("RGB", (width, height), pixels)
            picture = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
            picture.save(folder / f"{name}{'_night' if night else ''}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
