"""Make the small pictures of the examples that the first page shows: `python -m benchmarks.example_pictures`."""

from pathlib import Path

import cv2

import nanotem.ui.image
from nanotem.synthetic.examples import EXAMPLES, draw_example

FOLDER = Path(nanotem.ui.image.__file__).parent / "gallery_files"
PART_PX, PICTURE_PX = 560, 280
"""A part of the image at half its size: single particles can be seen in a picture 130 px wide on the page."""


def main() -> None:
    """Draw every example and write its picture."""
    for name in EXAMPLES:
        part = draw_example(name).pixels[-PART_PX:, :PART_PX]
        small = cv2.resize(part, (PICTURE_PX, PICTURE_PX), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(FOLDER / f"{name.replace(' ', '_')}.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, 82])


if __name__ == "__main__":
    main()
