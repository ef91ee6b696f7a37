"""Find the scale bar, read its label, settle the scale, and say which parts of the picture are writing."""

from nanotem.calibration.annotations import Annotations, BoxEdit, find_annotations
from nanotem.calibration.bar import ScaleBar, scale_from_bar
from nanotem.calibration.find_bar import find_bars, find_scale_bar, sure_bar
from nanotem.calibration.label import Label
from nanotem.calibration.read_label import read_label
from nanotem.calibration.read_scale import LabelledBar, ScaleReading, compare_with_file, read_scale

__all__ = [
    "Annotations",
    "BoxEdit",
    "Label",
    "LabelledBar",
    "ScaleBar",
    "ScaleReading",
    "compare_with_file",
    "find_annotations",
    "find_bars",
    "find_scale_bar",
    "read_label",
    "read_scale",
    "scale_from_bar",
    "sure_bar",
]
