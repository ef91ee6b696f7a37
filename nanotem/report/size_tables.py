"""Sizes as tables of words, each number to the digit of its uncertainty, for pages and reports."""

import pandas as pd

from nanotem.percent import in_percent
from nanotem.statistics import (
    WEIGHTINGS,
    Arrangement,
    Estimate,
    Families,
    HistogramFit,
    MetalSurface,
    SizeSummary,
    UncertaintyBudget,
)
from nanotem.statistics.rounding import decimal_places, plus_minus, to_place
from nanotem.statistics.sizes import Sizes
from nanotem.statistics.weighting import WeightingName

WITH_INTERVAL = "Value, with its 95 % interval"
NEEDED_FOR = (
    "For the mean by the spread of these sizes, for the others as if they were log-normal. Values from a fitted "
    "log-normal need fewer particles (ISO 13322-1), and are right only as far as the sizes are log-normal. Counting "
    "more does not make scale and outlines surer."
)
"""What the numbers of `sufficiency_words` rest on."""

_WEIGHTED = ("Mean", "D10", "D50", "D90", "Span")


def headline(sizes: Sizes, weighting: WeightingName = "number") -> list[tuple[str, Estimate, str]]:
    """Return the three numbers that people quote, each with its title and unit; of particles weighted as named."""
    unit, summary = sizes.unit, sizes.summary
    if weighting == "number":
        return [
            (f"Mean {sizes.name.lower()}", summary.mean, unit),
            ("Standard deviation", summary.sd, unit),
            ("Median (D50)", summary.median, unit),
        ]
    by = WEIGHTINGS[weighting]
    mean, _, d50, _, span = sizes.weighted[weighting]
    return [
        (f"{by.mean_symbol}, mean {by.title}", mean.estimate, unit),
        (f"Span {by.title}", span.estimate, ""),
        (f"D50 {by.title}", d50.estimate, unit),
    ]


def summary_table(summary: SizeSummary, unit: str) -> pd.DataFrame:
    """Return one row per quantity by number."""
    rows = {
        "Mean": summary.mean.in_words(unit),
        "Standard deviation": summary.sd.in_words(unit),
        "Polydispersity (sd / mean)": summary.polydispersity.in_words(),
        "D10": summary.d10.in_words(unit),
        "D50 (median)": summary.d50.in_words(unit),
        "D90": summary.d90.in_words(unit),
        "Normal fit, standard deviation": summary.normal.sd.in_words(unit),
        "Log-normal fit, median": summary.log_normal.median.in_words(unit),
        "Log-normal fit, geometric standard deviation": summary.log_normal.geometric_sd.in_words(),
    }
    return pd.DataFrame({"Quantity": list(rows), WITH_INTERVAL: list(rows.values())})


def family_table(families: Families, unit: str) -> pd.DataFrame:
    """Return one row per family."""
    found = families.families
    table = pd.DataFrame(
        {
            "Family": [str(place + 1) for place in range(len(found))],
            "Described by": [family.name for family in found],
            "Particles": [int((families.membership == i).sum()) for i in range(len(found))],
            "Share": [in_percent(family.fraction.value) for family in found],
            f"Mean ({unit})": [family.mean.in_words() for family in found],
            f"Median ({unit})": [family.median.in_words() for family in found],
            "Geometric sd": [family.geometric_sd.in_words() for family in found],
        }
    )
    if families.evidence == "by hand":
        table["Gaussian fitted to the bars"] = [_fitted(family.histogram_fit) for family in found]
    return table


def weighted_table(sizes: Sizes) -> pd.DataFrame:
    """Return one row per weighting with its mean, percentiles and span."""
    rows = []
    for name, (mean, *others) in sizes.weighted.items():
        by = WEIGHTINGS[name]
        words = [one.estimate.in_words() for one in (mean, *others)]
        rows.append((by.title.capitalize(), f"{by.mean_symbol} = {words[0]}", *words[1:]))
    titles = [name if name == "Span" else f"{name} ({sizes.unit})" for name in _WEIGHTED]
    return pd.DataFrame(rows, columns=["Each particle counts", *titles])


def weighted_notes(sizes: Sizes) -> list[str]:
    """Return why some of these have no interval, each reason once with all that it holds for."""
    reasons: dict[str, list[str]] = {}
    for one in (one for quantities in sizes.weighted.values() for one in quantities if one.note):
        reasons.setdefault(one.note, []).append(one.symbol if one.symbol.startswith("D[") else one.name)
    return [f"{', '.join(names)}: {note[0].lower()}{note[1:]}" for note, names in reasons.items()]


def sufficiency_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return `nanotem.statistics.sufficiency_table` in words: for what enough particles were counted."""
    return pd.DataFrame(
        {
            "Quantity": table["quantity"],
            "Counted": table["n"],
            "Known to": [f"±{in_percent(share, '.1f')}" for share in table["relative_half_width"]],
            "Needed for ±5 %": table["needed_5_percent"],
            "Needed for ±2 %": table["needed_2_percent"],
            "From a log-normal fit, ±5 %": table["needed_log_normal_5_percent"],
            "From a log-normal fit, ±2 %": table["needed_log_normal_2_percent"],
        }
    )


def arrangement_table(arrangement: Arrangement) -> pd.DataFrame:
    """Return density, coverage and neighbours with what each means."""
    table = _with_definitions(arrangement.to_frame())
    if arrangement.unit == "nm":
        table.loc[0, WITH_INTERVAL] = arrangement.density_per_um2.in_words("per µm²")
    return table


def metal_table(surface: MetalSurface) -> pd.DataFrame:
    """Return dispersion and specific surface with what each means."""
    return _with_definitions(surface.to_frame())


def budget_table(budget: UncertaintyBudget) -> pd.DataFrame:
    """Return one row per contribution, the sum last."""
    table = budget.to_frame()
    return pd.DataFrame(
        {
            "Contribution": table["contribution"],
            "Type": table["evaluation"],
            f"Mean ({budget.unit})": [to_place(value, decimal_places(value)) for value in table["mean"]],
            f"D50 ({budget.unit})": [to_place(value, decimal_places(value)) for value in table["d50"]],
            "Basis": table["basis"],
        }
    )


def _with_definitions(table: pd.DataFrame) -> pd.DataFrame:
    """Put value, low, high and unit into words."""
    estimates = [Estimate(*row) for row in table[["value", "low", "high"]].itertuples(index=False)]
    words = [one.in_words(unit) for one, unit in zip(estimates, table["unit"], strict=True)]
    return pd.DataFrame({"Quantity": table["quantity"], WITH_INTERVAL: words, "Definition": table["definition"]})


def _fitted(fit: HistogramFit | None) -> str:
    return f"{plus_minus(fit.mean, fit.mean_error)}, sd {fit.sd:.3g}" if fit and fit.converged else "no fit"
