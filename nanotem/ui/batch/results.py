"""The parts of the batch page that show what came out."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any

import pandas as pd
import streamlit as st

from nanotem.edits.edits import EditLog
from nanotem.export.tables import csv_bytes
from nanotem.figures.lattices import spacing_histogram
from nanotem.parameters import knobs
from nanotem.readers import read_file
from nanotem.report import study_report
from nanotem.report.comparison_tables import POPULATION, population_table
from nanotem.report.lattice_tables import FRINGES, fringes_by
from nanotem.segmentation.params import SegmentParams
from nanotem.study import (
    IMAGE_FLAGS,
    Study,
    StudyImage,
    combined_particles,
    edits_of,
    flags_in_words,
    pack_study,
    read_summary,
    save_study,
    writing,
)
from nanotem.study.software import provenance_of
from nanotem.summary import counted
from nanotem.ui.batch.compare_sections import comparison
from nanotem.ui.kit.frame import errors_shown
from nanotem.ui.kit.plain import plain_text
from nanotem.ui.kit.plots import show_plot
from nanotem.ui.kit.scale import use_scale
from nanotem.ui.kit.state import Work
from nanotem.ui.kit.tables import NOT_KNOWN, download
from nanotem.ui.kit.visits import Source

_PER_ROW, _ROWS = 4, 5
_EDITOR = "pages/3_segmentation.py"
_TITLES = {
    "file": "Image",
    "sample": "Sample",
    "flags": "To look at",
    "n_particles": "Found",
    "n_measured": "Measured",
    "median": "Median diameter",
    "mean": "Mean diameter",
    "mean_uncertainty": "± mean (k = 2)",
    "uncertainty_without": "± without",
    "sd": "Sd",
    "d32": "D[3,2]",
    "d43": "D[4,3]",
    "density_per_um2": "Per µm²",
    "coverage": "Covered",
    "unit": "Unit",
    "nm_per_px": "nm per px",
    "scale_source": "Scale from",
    "method": "Method",
    "n_doubtful": "Doubtful",
    "count_z": "z of the count",
    "size_z": "z of the size",
    "reason": "Reason",
}


def results(work: Work, study: Study, table: pd.DataFrame) -> None:
    """Show the images of a summary table with their outlines, those to look at first at the top, and the table."""
    flagged = table[table["flags"] != ""]
    numbers = {
        "Images": len(table),
        "Analysed": int((table["status"] == "done").sum()),
        "To look at": len(flagged),
        "Found": int(table["n_particles"].sum()),
        "Measured": int(table["n_measured"].sum()),
    }
    for column, (label, number) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        column.metric(label, number, border=True)
    _thumbnails(work, study, pd.concat([flagged, table[table["flags"] == ""]]))
    st.subheader("All images", anchor=False)
    _table(study, table)


def samples(particles: pd.DataFrame, images: pd.DataFrame) -> None:
    """Compare the samples, if there is any particle."""
    if not particles.empty:
        st.subheader("Samples side by side", anchor=False)
        comparison(particles, images, _unit(particles))


def population(shares: pd.DataFrame) -> None:
    """Show what part of each sample and of each image every class is, if shapes were told."""
    if shares.empty:
        return
    st.subheader("The population", anchor=False, help=POPULATION)
    _by_sample_and_image(partial(population_table, shares))
    download(shares, "Shares as CSV", file_name="study.shares.csv")


def fringes(particles: pd.DataFrame, found: pd.DataFrame) -> None:
    """Show how many particles show lattice fringes and at what spacing, if fringes were looked for."""
    if found.empty:
        return
    st.subheader("Lattice fringes", anchor=False, help=FRINGES)
    _by_sample_and_image(partial(fringes_by, found))
    seen = particles[particles["spacing_nm"].notna()]
    if len(seen):
        names = sorted(seen["sample"].unique())
        sample = st.selectbox("Sample", names, key="batch.fringes.sample") if len(names) > 1 else names[0]
        spacings = seen.loc[seen["sample"] == sample, "spacing_nm"].to_numpy()
        show_plot(spacing_histogram(spacings, unit="nm", crystals=()), key="batch.spacings", alt="Spacings of a sample")
    download(found, "Fringes as CSV", file_name="study.fringes.csv")


def _by_sample_and_image(table_of: Callable[[str], pd.DataFrame]) -> None:
    for title, of in (("By sample", "sample"), ("By image", "image")):
        table = table_of(of)
        if len(table):
            st.markdown(f"**{title}**")
            st.dataframe(table, hide_index=True, placeholder=NOT_KNOWN)


def report(
    study: Study, table: pd.DataFrame, particles: pd.DataFrame, shares: pd.DataFrame, fringes: pd.DataFrame
) -> None:
    """Make the report of the study when it is asked for, from its images and its particles, if there are any."""
    if particles.empty:
        return
    st.subheader("Report", anchor=False)
    recipe, *others = dict.fromkeys(image.settings.recipe for image in study.images if image.status == "done")
    if others:
        st.info(f"A report is of one recipe; the images were analysed with {len(others) + 1}. Run them with one.")
        return
    if st.button("Make the report of the study", icon=":material/description:", key="batch.make_report"):
        with st.spinner("Writing the report…"):
            unit, previews = _unit(particles), _previews(study)
            made_with = provenance_of(study.versions) if study.versions else None
            page = study_report(
                particles,
                table,
                previews,
                recipe,
                unit=unit,
                shares=shares,
                fringes=fringes,
                provenance=made_with,
            )
        st.download_button(
            "Save the report",
            data=page.encode(),
            file_name="study.report.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
            key="batch.save_report",
        )


def _unit(particles: pd.DataFrame) -> str:
    return "nm" if particles["diameter_nm"].notna().any() else "px"


def _previews(study: Study) -> dict[str, bytes]:
    paths = {image.name: study.file(image, "previews") for image in study.images if image.status == "done"}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}


def downloads(study: Study, table: pd.DataFrame) -> None:
    """Offer the study as a ZIP file, and as CSV its particles and the table of its images."""
    st.warning(
        "The study is kept on this server only while this page is open in your browser. Download it to keep it.",
        icon=":material/cloud_off:",
    )
    archive, particles, summary = st.columns(3)
    archive.download_button(
        "Study as ZIP",
        data=lambda: _packed(study),
        file_name="study.zip",
        icon=":material/folder_zip:",
        on_click="ignore",
        help="Images, results, corrections and recipe; it can be opened again here.",
        key="batch.zip",
    )
    particles.download_button(
        "Particles of all images as CSV",
        data=lambda: csv_bytes(combined_particles(study)),
        file_name="study.particles.csv",
        icon=":material/download:",
        on_click="ignore",
        key="batch.particles",
    )
    with summary:
        download(table, "Images as CSV", file_name="study.summary.csv")


def _thumbnails(work: Work, study: Study, table: pd.DataFrame) -> None:
    per_page = _PER_ROW * _ROWS
    n_pages = -(-len(table) // per_page)
    page = st.number_input("Page of images", 1, n_pages, key="batch.page") if n_pages > 1 else 1
    columns = st.columns(_PER_ROW)
    for place, (_, row) in enumerate(table.iloc[(page - 1) * per_page : page * per_page].iterrows()):
        with columns[place % _PER_ROW].container(border=True):
            _thumbnail(work, study, row)


def _thumbnail(work: Work, study: Study, row: "pd.Series[str]") -> None:
    """Show one image of the study, with a button to correct it."""
    image = study.image(row["file"])
    preview = study.file(image, "previews")
    if image.status == "done" and preview.is_file():
        st.image(preview.read_bytes(), width="stretch", alt=image.name)
    st.markdown(f"**{plain_text(image.name)}**" + (f" · {plain_text(image.sample)}" if image.sample else ""))
    if image.status == "done":
        size = f" · median {row['median']:.4g} {row['unit']}" if row["median"] == row["median"] else ""
        st.caption(f"{counted(int(row['n_particles']), int(row['n_measured']))}{size}")
    else:
        st.caption(plain_text(image.reason) or "Not analysed yet.")
    for flag in row["flags"].split():
        st.badge(flag.replace("_", " "), color="orange", help=IMAGE_FLAGS[flag])
    if image.status == "done" and st.button("Open", key=f"batch.open.{image.name}", width="stretch"):
        with errors_shown():
            _open(work, study, image)
            st.switch_page(_EDITOR)


def _open(work: Work, study: Study, image: StudyImage) -> None:
    """Make an image of the study the visitor's work, with its recipe, scale and corrections."""
    path = study.path_of(image)
    micrograph = read_file(path)
    summary = read_summary(study, image)
    edits = edits_of(study, image, image_id=micrograph.id)
    work.open(micrograph, Source(path.read_bytes(), path.name, {}))
    work.use_recipe(image.recipe)
    work.log = EditLog(edits)
    use_scale(work, micrograph, summary.scale if summary else None)


def _table(study: Study, table: pd.DataFrame) -> None:
    """Show all images; the names of samples can be changed in the table."""
    edited = st.data_editor(
        table.assign(
            method=table["method"].map(knobs(SegmentParams)["method"].choices),
            flags=table["flags"].map(flags_in_words),
        ),
        disabled=[name for name in table.columns if name != "sample"],
        hide_index=True,
        placeholder=NOT_KNOWN,
        column_order=list(_TITLES),
        column_config=_column_config(table),
        key=f"batch.table.{len(table)}",
    )
    renamed = edited["sample"] != table["sample"]
    if renamed.any():
        for name, sample in zip(table["file"][renamed], edited["sample"][renamed], strict=True):
            study = study.with_image(replace(study.image(name), sample=sample or ""))
        with errors_shown(), writing(study.folder):
            save_study(study)
            st.rerun()


def _column_config(table: pd.DataFrame) -> dict[str, Any]:
    numbers = table.select_dtypes("float64").columns
    return {
        name: st.column_config.NumberColumn(title, format="%.4g") if name in numbers else title
        for name, title in _TITLES.items()
    }


def _packed(study: Study) -> bytes:
    file = BytesIO()
    pack_study(study, file)
    return file.getvalue()
