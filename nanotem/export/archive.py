"""Every format of the export, and all of them in one archive."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from nanotem.analysis import Analysis
from nanotem.analysis_file import write_analysis
from nanotem.export.boundaries import traced_rings
from nanotem.export.coco import coco_json
from nanotem.export.figures import histogram, outlines
from nanotem.export.imagej import roi_zip
from nanotem.export.label_image import label_tiff
from nanotem.export.overlay import overlay_png, overlay_svg
from nanotem.export.tables import csv_bytes, data_dictionary, particles_json, workbook
from nanotem.files.names import safe_stem
from nanotem.summary import counts_in_words


@dataclass(frozen=True)
class Format:
    """A file that an analysis can be exported as.

    Parameters
    ----------
    suffix
        What follows the image's name; each format has its own.
    content
        What is in the file and what opens it, one sentence.
    make
        Returns the file from an analysis.
    """

    suffix: str
    content: str
    make: Callable[[Analysis], bytes]


def archive(analysis: Analysis, *, stem: str | None = None) -> bytes:
    """Return a ZIP archive with the analysis in every format, and README.txt that says what each file is.

    Parameters
    ----------
    analysis
        What was analysed.
    stem
        What every file name begins with; the image's name if it is left out.
    """
    stem = safe_stem(analysis.micrograph.name) if stem is None else stem
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("README.txt", _readme(analysis, stem).encode("utf-8", "replace"))
        for one in FORMATS:
            files.writestr(f"{stem}.{one.suffix}", one.make(analysis))
    return stream.getvalue()


def _readme(analysis: Analysis, stem: str) -> str:
    scale = analysis.scale
    how = f"{scale.nm_per_px:.6g} nm per pixel, source: {scale.source}" if scale else "not set, sizes are in pixels"
    return "\n".join(
        [
            f"{analysis.micrograph.name}: {counts_in_words(analysis)}",
            f"SHA-256 of the image: {analysis.micrograph.id}",
            f"Scale: {how}",
            "",
            *(f"{stem}.{one.suffix}\n    {one.content}" for one in FORMATS),
            "",
        ]
    )


def _coco(analysis: Analysis) -> bytes:
    return coco_json(analysis.labels, traced_rings(analysis.outlines), image_name=analysis.micrograph.name)


FORMATS = (
    Format(
        "particles.csv",
        "One row per particle, for every spreadsheet and statistics program.",
        lambda analysis: csv_bytes(analysis.particles),
    ),
    Format(
        "dictionary.csv",
        "What each column and flag of the particle table means, and its unit.",
        lambda analysis: csv_bytes(data_dictionary(analysis.particles)),
    ),
    Format(
        "particles.xlsx",
        "Excel: the particles, their sizes in numbers, how they lie, and what the columns mean.",
        workbook,
    ),
    Format(
        "particles.json",
        "Image, scale, columns and particles, for programs.",
        lambda analysis: particles_json(analysis.micrograph.with_scale(analysis.scale), analysis.particles),
    ),
    Format(
        "labels.tif",
        "Label image: 0 background, every particle its number in the table; the scale is inside.",
        lambda analysis: label_tiff(analysis.labels, analysis.scale),
    ),
    Format(
        "rois.zip",
        "Outlines with fractions of pixels for ImageJ's ROI manager, named by particle.",
        lambda analysis: roi_zip(traced_rings(analysis.outlines)),
    ),
    Format(
        "coco.json",
        "COCO annotations for training and annotation tools: polygons, pixels where there are holes.",
        _coco,
    ),
    Format(
        "overlay.png",
        "The micrograph at full resolution with outlines.",
        lambda analysis: overlay_png(analysis.micrograph, analysis.labels),
    ),
    Format(
        "overlay.svg",
        "The micrograph with outlines and numbers that drawing programs can edit.",
        lambda analysis: overlay_svg(analysis.micrograph, traced_rings(analysis.outlines), analysis.particles),
    ),
    Format(
        "histogram.svg",
        "The size distribution with its fit, one column of a paper wide, for any browser and drawing program.",
        lambda analysis: histogram(analysis, "svg"),
    ),
    Format("histogram.pdf", "The same for LaTeX, fonts embedded.", lambda analysis: histogram(analysis, "pdf")),
    Format(
        "histogram.png",
        "The same for a word processor, 600 dots per inch.",
        lambda analysis: histogram(analysis, "png"),
    ),
    Format(
        "outlines.pdf",
        "The micrograph with outlines as lines, one column of a paper wide.",
        lambda analysis: outlines(analysis, "pdf"),
    ),
    Format(
        "analysis.toml",
        "Everything that decides this result, to load it in nanotem again or give it to its command line.",
        lambda analysis: write_analysis(analysis).encode(),
    ),
)
"""In the order of the page."""
