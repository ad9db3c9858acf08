"""The least a Kivy program can be: a window with one Chinese label. For comparing start times."""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def main() -> None:
    """Show it until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    options = parser.parse_args()
    os.environ.update(KIVY_NO_ARGS="1", KIVY_NO_CONFIG="1", KIVY_NO_FILELOG="1")

    from kivy.config import Config

    for option, value in {
        "width": 1080,
        "height": 1920,
        "borderless": 1,
        "multisamples": 0,
        "position": "custom",
        "left": 0,
        "top": 0,
    }.items():
        Config.set("graphics", option, str(value))

    from kivy.base import runTouchApp
    from kivy.core.window import Window
    from kivy.uix.label import Label

    font = next((options.data_dir / "fonts").glob("NotoSansCJK-Bold-*.otf"))
    Window.clearcolor = (1, 1, 1, 1)
    runTouchApp(Label(text="数字小屋", font_name=str(font), font_size=72, color=(0, 0, 0, 1)))


if __name__ == "__main__":
    main()
