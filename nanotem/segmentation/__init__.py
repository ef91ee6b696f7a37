"""Tell touching particles apart."""

from nanotem.segmentation.method import Foreground, Method, Segmentation
from nanotem.segmentation.methods import METHODS
from nanotem.segmentation.params import SegmentParams
from nanotem.segmentation.segment import prepare, segment, with_labels

__all__ = ["METHODS", "Foreground", "Method", "SegmentParams", "Segmentation", "prepare", "segment", "with_labels"]
