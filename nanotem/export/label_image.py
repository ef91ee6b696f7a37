"""The label image as TIFF, with its scale."""

from io import BytesIO

import numpy as np
import tifffile

from nanotem.micrograph import Labels, Scale

_LARGEST_16_BITS = 65_535


def label_tiff(labels: Labels, scale: Scale | None) -> bytes:
    """Return the label image as a compressed TIFF: 16 bits, or 32 where a label needs them.

    ImageJ and everything that reads its header find the scale in it.
    """
    needs_32_bits = labels.max(initial=0) > _LARGEST_16_BITS
    stream = BytesIO()
    tifffile.imwrite(
        stream,
        labels.astype(np.int32 if needs_32_bits else np.uint16),
        description="ImageJ=1.54f\n" + ("unit=nm\n" if scale else ""),
        resolution=(1 / scale.nm_per_px,) * 2 if scale else None,
        resolutionunit=tifffile.RESUNIT.NONE,  # pixels per nm; of no unit that TIFF has
        metadata=None,
        compression="zlib",
    )
    return stream.getvalue()
