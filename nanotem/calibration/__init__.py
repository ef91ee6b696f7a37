"""Find the scale bar, settle the scale, and say which parts of the picture are writing."""

from nanotem.calibration.annotations import Annotations, find_annotations
from nanotem.calibration.bar import ScaleBar, scale_from_bar
from nanotem.calibration.find_bar import find_scale_bar

__all__ = ["Annotations", "ScaleBar", "find_annotations", "find_scale_bar", "scale_from_bar"]
