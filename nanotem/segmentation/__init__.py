"""Tell the particles of a mask apart."""

from nanotem.segmentation.segment import Segmentation, segment

__all__ = ["Segmentation", "segment"]
