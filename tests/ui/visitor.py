"""A visitor of the app, in Streamlit's test runner, and the files that one uploads."""

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np
import pandas as pd
import tifffile
from app_runner import AppTest
from drawing import Particle, disc_grid, draw, with_noise

from nanotem.ui.image.answer import SCALE_OPEN
from nanotem.ui.image.upload import WANTED
from nanotem.ui.kit.frame import PAGES
from nanotem.ui.kit.state import Work

APP = Path(__file__).parents[2] / "app.py"
IMAGE, PREPROCESS, SEGMENTATION, SIZES = (page.path for page in PAGES[:4])


class Visitor:
    """One session, which fails the test as soon as a page shows a traceback."""

    def __init__(self, *, patience_s: int = 60, address: Mapping[str, str] = {}) -> None:
        self.app = AppTest.from_file(APP, default_timeout=patience_s)
        for name, value in address.items():
            self.app.query_params[name] = value
        self.run()

    @property
    def address(self) -> dict[str, str]:
        """Return what follows the question mark, once a run has begun with what the last one left."""
        self.run()
        return dict(self.app.query_params)

    @property
    def work(self) -> Work:
        return self.app.session_state["work"]

    def run(self) -> Self:
        self.app.run()
        assert not self.app.exception, self.app.exception[0].message
        return self

    def visit(self, page: str) -> Self:
        self.app.switch_page(page)
        return self.run()

    def take_example(self, name: str) -> Self:
        self.app.session_state[WANTED] = name  # what a click on its picture does
        return self.run()

    def upload(self, name: str, data: bytes) -> Self:
        self.app.file_uploader(key="upload").upload(name, data)
        return self.run()

    def type_scale(self, nm_per_px: float) -> Self:
        self.open_scale().set(f"scale.way.{self.work.micrograph.id}", "Typed")
        return self.set(f"scale.typed.{self.work.micrograph.id}", nm_per_px)

    def set(self, key: str, value: Any) -> Self:
        """Set any control."""
        self.app.get_by_key(key).set_value(value)
        return self.run()

    def parameter(self, name: str) -> Any:
        """Return the control of a parameter of the recipe."""
        return self.app.get_by_key(f"{name}.{self.work.revision}")

    def turn(self, name: str, value: Any) -> Self:
        """Set a parameter of the recipe, for example preprocess.threshold.method."""
        self.parameter(name).set_value(value)
        return self.run()

    def back_to_the_defaults(self) -> Self:
        next(button for button in self.app.button if (button.key or "").startswith("defaults.")).click()
        return self.run()

    def open_tab(self, name: str) -> Self:
        self.app.session_state["section"] = name
        return self.run()

    def particle_table(self) -> pd.DataFrame:
        """Return the table of the page Sizes."""
        self.visit(SIZES).open_tab("Table")
        return self.app.dataframe[0].value

    @property
    def metrics(self) -> dict[str, str]:
        """Return what tiles and the line of counts say, by title."""
        words = (markdown.value for markdown in self.app.markdown if markdown.value.startswith("**Found"))
        counts = re.findall(r"([A-Za-z][a-z ]+) (\d+)", next(words, ""))
        return {name.capitalize(): number for name, number in counts} | {
            metric.label: metric.value for metric in self.app.metric
        }

    def open_scale(self) -> Self:
        """Open the ways to a scale on the page Image."""
        self.app.session_state[f"{SCALE_OPEN}.{self.work.micrograph.id}"] = True
        return self.run()

    @property
    def messages(self) -> list[str]:
        """Return errors, warnings and infos."""
        return [message.value for kind in (self.app.error, self.app.warning, self.app.info) for message in kind]


def discs(n_rows: int, n_columns: int, *, diameter_px: float = 20, pitch_px: float = 40) -> np.ndarray:
    """Return dark discs apart from each other in a little noise, 8 bits; no disc touches the frame."""
    return to_8_bits(*disc_grid(n_rows, n_columns, pitch_px=pitch_px, diameter_px=diameter_px), side_px=pitch_px)


def to_8_bits(*particles: Particle, side_px: float = 40) -> np.ndarray:
    """Draw particles in the smallest frame that keeps half of `side_px` beyond the last one."""
    rows, columns = (int(max(one[axis] for one in particles) + side_px / 2) for axis in (0, 1))
    return with_noise(draw((rows, columns), particles)[0], 3).round().astype(np.uint8)


def png(image: np.ndarray) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


def tiff(image: np.ndarray, *, nm_per_px: float | None = None) -> bytes:
    """Return a TIFF as ImageJ writes it, with a scale if one is given."""
    stream = BytesIO()
    if nm_per_px is None:
        tifffile.imwrite(stream, image)
    else:
        tifffile.imwrite(stream, image, imagej=True, resolution=(1 / nm_per_px,) * 2, metadata={"unit": "nm"})
    return stream.getvalue()
