"""The fits side by side, and which growth law describes the sizes."""

from dataclasses import astuple

import pandas as pd
import streamlit as st

from nanotem.analysis import Analysis
from nanotem.export.tables import summary_table as summary_numbers
from nanotem.report.size_tables import summary_table
from nanotem.statistics import Estimate, HistogramFit, SizeSummary, gaussian_histogram_fit
from nanotem.statistics.rounding import plus_minus
from nanotem.ui.sizes.show import show_table


def fits(analysis: Analysis, stem: str) -> None:
    """Show the fits, what each is worth, and the numbers of the distribution."""
    sizes, unit = analysis.sizes, analysis.sizes.unit
    summary = sizes.summary
    fit = gaussian_histogram_fit(sizes.values, sizes.bins(analysis.recipe.sizes), weights=sizes.weights)
    rows = [
        ("Normal, maximum likelihood", summary.normal.mean.in_words(unit), summary.normal.sd.in_words(unit)),
        (
            "Log-normal, maximum likelihood",
            f"median {summary.log_normal.median.in_words(unit)}",
            f"geometric {summary.log_normal.geometric_sd.in_words()}",
        ),
        (
            "Gaussian fitted to the bars",
            plus_minus(fit.mean, fit.mean_error, unit) if fit.converged else "no fit",
            plus_minus(fit.sd, fit.sd_error, unit) if fit.converged else fit.reason,
        ),
    ]
    show_table(
        pd.DataFrame(rows, columns=["Fit", "Centre", "Width"]),
        _numbers([name for name, *_ in rows], summary, fit),
        label="Fits as CSV",
        file_name=f"{stem}.fits.csv",
    )
    st.markdown(summary.verdict)
    st.caption(
        "The Gaussian is fitted to the bars by least squares, as many papers do. It depends on the bins, leans to the "
        "peak of a skewed distribution, and its ± is the error of the fit, not a confidence interval: for 500 normal "
        "sizes in 10 bins it holds the true mean about half of the time instead of 95 %. Quote the others."
    )
    _growth_laws(analysis, stem)
    st.markdown("**In numbers**")
    show_table(
        summary_table(summary, unit),
        summary_numbers(summary, unit=unit),
        label="Summary as CSV",
        file_name=f"{stem}.summary.csv",
    )


def _numbers(names: list[str], summary: SizeSummary, fit: HistogramFit) -> pd.DataFrame:
    """Return centre and width of each fit with their intervals; of the bars, which have none, with their errors."""
    normal, log_normal = summary.normal, summary.log_normal
    fits = [
        (normal.mean, normal.sd),
        (log_normal.median, log_normal.geometric_sd),
        (Estimate(fit.mean), Estimate(fit.sd)),
    ]
    columns = [f"{what}{end}" for what in ("centre", "width") for end in ("", "_low", "_high")]
    rows = [(name, *astuple(centre), *astuple(width)) for name, (centre, width) in zip(names, fits, strict=True)]
    errors = {"centre_error": fit.mean_error, "width_error": fit.sd_error}
    return pd.DataFrame(rows, columns=["fit", *columns]).assign(
        **{name: [float("nan"), float("nan"), error] for name, error in errors.items()}
    )


def _growth_laws(analysis: Analysis, stem: str) -> None:
    """Test normal, log-normal, Weibull and LSW when it is asked for: samples are drawn and fitted again."""
    asked = st.toggle(
        "Test which growth law fits",
        key="growth_laws",
        persist_state="session",
        help="Normal, log-normal, Weibull and Ostwald ripening (LSW), each tested by 199 samples drawn from it.",
    )
    if not asked:
        return
    found = analysis.models
    if found.empty:
        st.info("All sizes are the same: there is nothing to test.")
        return
    words = pd.DataFrame(
        {
            "Model": found["model"],
            "Parameters": found["parameters"],
            "BIC above the best": [f"{value:.1f}" for value in found["bic_difference"]],
            "Verdict": found["verdict"],
        }
    )
    show_table(words, found, label="Models as CSV", file_name=f"{stem}.models.csv")
