"""The pixel size in a file, made a `Scale` or refused."""

from nanotem.errors import ScaleError
from nanotem.micrograph import Scale
from nanotem.readers.decoded import PixelSize
from nanotem.readers.units import to_nm

_LARGEST_SIDE_RATIO = 1.01
_UNITLESS = {"", "px", "pixel", "pixels", "none", "dimensionless", "<undefined>", "[]"}


def file_scale(size: PixelSize | None) -> tuple[Scale | None, tuple[str, ...]]:
    """Return the scale that a file states, and what a person should know about it.

    Parameters
    ----------
    size
        Pixel size with the file's own units.

    Returns
    -------
    scale : Scale or None
        The mean of height and width in nm; None where the file states no length, or an impossible one.
    notes : tuple of str
        Why a stated pixel size was not taken.

    Raises
    ------
    ScaleError
        If height and width differ by more than 1 %: every length would depend on its direction.
    UnreadableFileError
        If the units are those of diffraction or of a spectrum.
    """
    if size is None:
        return None, ()
    height_nm = to_nm(size.height, size.height_unit)
    width_nm = to_nm(size.width, size.width_unit)
    if height_nm is None or width_nm is None:
        unknown = {size.height_unit, size.width_unit} if height_nm is width_nm else {"mixed units"}
        named = sorted(unit for unit in unknown if unit.strip().lower() not in _UNITLESS)
        return None, tuple(f"No scale was taken: the file states the pixel size in {unit}." for unit in named)
    try:
        for side_nm in (height_nm, width_nm):
            Scale(side_nm, "file")
    except ScaleError:
        return None, (f"No scale was taken: the file states pixels of {height_nm:g} x {width_nm:g} nm.",)
    if max(height_nm, width_nm) > _LARGEST_SIDE_RATIO * min(height_nm, width_nm):
        raise ScaleError(
            f"Its pixels are {height_nm:g} nm high and {width_nm:g} nm wide; the sides must agree within 1 %.",
            "Resample the image to square pixels (in ImageJ: Image > Scale) and save it as TIFF.",
        )
    return Scale((height_nm + width_nm) / 2, "file"), ()


def settle(stated: PixelSize | None, beside: PixelSize | None) -> tuple[Scale | None, tuple[str, ...]]:
    """Return the scale from the file and from the text beside it; none where the two disagree.

    Parameters
    ----------
    stated
        Pixel size in the file itself.
    beside
        Pixel size in the text file beside it.

    Raises
    ------
    ScaleError, UnreadableFileError
        As `file_scale`.
    """
    scale, notes = file_scale(stated)
    other, other_notes = file_scale(beside)
    if scale is None or other is None:
        return scale or other, notes + other_notes
    sides = sorted([scale.nm_per_px, other.nm_per_px])
    if sides[1] > _LARGEST_SIDE_RATIO * sides[0]:
        return None, (
            f"No scale was taken: the file states {scale.nm_per_px:g} nm per pixel, the text beside it "
            f"{other.nm_per_px:g}.",
        )
    return scale, notes
