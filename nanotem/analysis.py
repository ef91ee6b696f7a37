"""The one place where the stages of an analysis are put in order."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from nanotem.calibration import (
    Annotations,
    ScaleBar,
    ScaleReading,
    find_annotations,
    find_bars,
    read_scale,
    scale_from_bar,
    sure_bar,
)
from nanotem.edits.edits import TASKS, Edit, EditedLabels, apply_edits, without_names
from nanotem.errors import ScaleError
from nanotem.labels import touching_pairs
from nanotem.lattice.columns import with_lattices
from nanotem.lattice.measure import Lattices, find_lattices
from nanotem.measurement import add_flag, can_be_judged, has_flag, in_nm, measure_particles
from nanotem.measurement.class_columns import with_classes, with_names
from nanotem.measurement.flags import FEW_PIXELS_BELOW_PX
from nanotem.measurement.polygons import PolygonMeasures, measure_outlines
from nanotem.micrograph import Labels, Mask, Micrograph, Scale
from nanotem.morphology.classifier import Classifier, classifier_of
from nanotem.morphology.classify import class_table
from nanotem.morphology.evidence import ShapeEvidence, shape_evidence
from nanotem.morphology.fractions import Fractions
from nanotem.morphology.population import ClassCounts, count_classes, fractions_of
from nanotem.networks.errors import ModelError
from nanotem.networks.folders import folder_named
from nanotem.notes import Note, note
from nanotem.outlines import Outlines, clipped_pixels, of_labels, rasterise, trace_outlines
from nanotem.outlines.params import OutlineParams
from nanotem.outlines.uncertainty import UNRESOLVED
from nanotem.percent import in_percent
from nanotem.preprocess import Denoised, PreprocessStages, denoise, preprocess, to_grey
from nanotem.provenance import Provenance, versions
from nanotem.recipe import Recipe
from nanotem.segmentation import METHODS, Foreground, Segmentation, prepare, segment, with_labels
from nanotem.segmentation.holes import SPREAD_OF_HOLES, are_holes, spread_of_levels
from nanotem.segmentation.judge.card import NAME as JUDGE
from nanotem.segmentation.judge.count import CountEstimate
from nanotem.segmentation.network.card import NAME as SEGMENTER
from nanotem.segmentation.network.segmenter import Segmenter, segmenter_of
from nanotem.stage import Store, stage
from nanotem.statistics.arrangement import Arrangement, arrangement_of
from nanotem.statistics.family import Families
from nanotem.statistics.goodness import compare_models
from nanotem.statistics.sizes import Sizes, sizes_of
from nanotem.statistics.surface import MetalSurface, metal_surface

CLASSIFIERS = TASKS
"""The networks that are asked for shapes."""

_EDITS_AT_ONCE = 16
"""So many of the last corrections are carried out anew after each; the result of all before is remembered. With 16 an
edit of a long log costs 16 times a single one at most, and one label image is kept for every 16."""

_MOST_COVERED = 0.5
"""Share of the picture from which on particles are no minority."""

_DOUBTFUL = 0.2
"""Share of the count that may be false or missed from which on a person should look: one in five."""

_LEFT_OUT = 0.03
"""Share of the count that may be left out without a word, as far as counts are to be right."""

_ONE_MISSED = 0.5
"""So many particles are expected to be missing where it is as likely as not that there is one."""

_UNLIKELY = 0.01
"""Probability in common below which what a picture shows by itself is not what its sample was settled to show: classes
of less do not count for outlines either. Neighbouring classes of one family place edges within 1.2 %."""

_CRUMBS, _SHARE_OF_CRUMBS = 500, 0.5
"""From so many particles on, and if so large a share of them is too small to be measured, texture is likelier."""


@dataclass(frozen=True)
class ScaleRule:
    """Where the scale comes from.

    Parameters
    ----------
    nm_per_px, bar_length_nm
        Scale, or length of the scale bar that is found in the picture; used where the file holds no scale, the scale
        before the bar. Without either, the label of the bar is read, and used if the reading is sure enough.
    is_settled
        Whether somebody has settled it: then `settled` is in force whatever the file says, and None means pixels.
    settled
        The scale that was settled.
    """

    nm_per_px: float | None = None
    bar_length_nm: float | None = None
    is_settled: bool = False
    settled: Scale | None = None

    @classmethod
    def of(cls, scale: Scale | None) -> "ScaleRule":
        """Return the rule that this scale, or none, is in force."""
        return cls(is_settled=True, settled=scale)


@dataclass(frozen=True, eq=False)
class Shared:
    """What pictures have in common that were taken one after the other, settled once for all of them.

    Parameters
    ----------
    id
        Stands for the other values: a hash of what they follow from.
    annotations
        What the microscope wrote over every one of them.
    """

    id: str
    annotations: Annotations = field(repr=False)


def load_classifier(name: str, folder: str) -> Classifier:
    """Return the network that answers "outline" or "solid" from a folder of networks, by its name.

    Raises
    ------
    ModelError
        If there is no such folder, or the network is absent or broken.
    """
    return classifier_of(folder_named(folder), name)


@dataclass(frozen=True, eq=False)
class Analysis:
    """A micrograph, how it is analysed, and every result: each is worked out when it is asked for, and kept.

    Parameters
    ----------
    micrograph, recipe
        What is analysed, and how.
    edits
        Corrections by hand, in their order.
    scale_rule
        Where the scale comes from.
    with_shapes
        Whether `particles` says outline and solid of each, and `provenance` the networks that told them.
    shared
        What is known of all frames of a film; None for a picture of its own.
    store
        Where results are kept; analyses that share it share every result that depends on the same.
    watch
        Takes what is being done, in words, and returns a context in which it is done.
    load_classifier
        Takes "outline" or "solid" and the name of a folder of networks, and returns the classifier; another function
        than the default may keep it.
    with_lattices
        Whether `particles` says what lattice fringes each shows.
    """

    micrograph: Micrograph
    recipe: Recipe = field(default_factory=Recipe)
    edits: tuple[Edit, ...] = ()
    scale_rule: ScaleRule = field(default_factory=ScaleRule)
    with_shapes: bool = False
    shared: Shared | None = None
    store: Store = field(default_factory=dict, repr=False)
    watch: Callable[[str], AbstractContextManager[object]] = field(default=nullcontext, repr=False)
    load_classifier: Callable[[str, str], Classifier] = field(default=load_classifier, repr=False)
    with_lattices: bool = False

    def with_recipe(self, recipe: Recipe) -> "Analysis":
        """Return the same analysis with another recipe; it shares every stage that does not change."""
        return replace(self, recipe=recipe)

    def with_edits(self, edits: Iterable[Edit]) -> "Analysis":
        """Return the same analysis with other corrections."""
        return replace(self, edits=tuple(edits))

    @stage("micrograph.id", doing="Looking for a scale bar…")
    def bars(self) -> list[ScaleBar]:
        """Every line in the picture that could be a scale bar, the most believable first."""
        return find_bars(self.micrograph.pixels)

    @property
    def bar(self) -> ScaleBar | None:
        """The scale bar that was found in the picture, if any."""
        return sure_bar(self.bars)

    @stage("bars", "shared")
    def annotations(self) -> Annotations:
        """What the microscope wrote over the picture."""
        return self.shared.annotations if self.shared else find_annotations(self.micrograph.pixels, self.bar)

    @property
    def frame(self) -> Mask:
        """True where the picture is a micrograph, shape (rows, columns)."""
        blank = self.micrograph.blank
        return ~(self.annotations.mask if blank is None else self.annotations.mask | blank)

    @stage("micrograph.id")
    def clipped(self) -> Mask:
        """True where the camera or a later step cut off grey levels, shape (rows, columns)."""
        return clipped_pixels(self.micrograph.pixels)

    @stage("annotations", "recipe.preprocess.annotation", "recipe.preprocess.denoise", doing="Removing noise…")
    def denoised(self) -> Denoised:
        """The picture without noise."""
        return denoise(to_grey(self.micrograph.pixels), self.recipe.preprocess.denoise, ignore=self._ignored)

    @stage("denoised", "recipe.preprocess", doing="Finding the foreground…")
    def preprocessed(self) -> PreprocessStages:
        """The picture after every step of preprocessing, of the polarity that was given or that its background has."""
        return preprocess(self.micrograph.pixels, self.recipe.preprocess, ignore=self._ignored, denoised=self.denoised)

    @stage("preprocessed", "_asked", doing="Telling particles apart…")
    def prepared(self) -> Any:
        """What the method works out whatever most of its options are."""
        return prepare(Foreground.of(self.preprocessed), self.recipe.segment, network=self._segmenter)

    @stage("prepared", "recipe.segment", doing="Telling particles apart…")
    def found(self) -> Segmentation:
        """All that the method finds and whose outline may turn out to be what is wanted."""
        return segment(Foreground.of(self.preprocessed), self.recipe.segment.before_outlines(), self.prepared)

    @stage("found", "recipe.outlines", doing="Drawing outlines…")
    def outlines_of_found(self) -> Outlines:
        """Where the edges of all that was found lie."""
        return self._traced(self.found.labels)

    @stage("found", "_limits_on_outlines")
    def segmentation(self) -> Segmentation:
        """Basin, seeds and labels, as found automatically.

        What is too small, or cut by the frame where that matters, is left out by its outline.
        """
        limits = self.recipe.segment
        if not limits.limits_outlines:
            return self.found
        outlines = self.outlines_of_found
        table = measure_particles(rasterise(outlines), self.micrograph.pixels, frame=self.frame, outlines=outlines)
        is_wanted = table["diameter_px"] >= limits.min_diameter_px
        if limits.drop_touching_frame:
            is_wanted &= ~has_flag(table, "touches_frame")
        return with_labels(self.found, table["label"][is_wanted].tolist(), limits, frame=self.frame)

    @property
    def stages(self) -> PreprocessStages:
        """The picture after every step of preprocessing, of the polarity of what was found."""
        return self.preprocessed.reversed if self.found.is_reversed else self.preprocessed

    @stage("segmentation", "edits")
    def edited(self) -> EditedLabels:
        """The labels after corrections by hand."""
        if not self.edits:
            return apply_edits(self.segmentation.labels, ())
        n_earlier = (len(self.edits) - 1) // _EDITS_AT_ONCE * _EDITS_AT_ONCE
        earlier = self.with_edits(self.edits[:n_earlier]).edited
        return reduce(EditedLabels.then, self.edits[n_earlier:], earlier)

    @stage("bars", doing="Reading the scale bar…")
    def scale_reading(self) -> ScaleReading:
        """What the picture says about its scale."""
        return read_scale(self.micrograph.pixels, bars=self.bars)

    def begin_to_read(self) -> "Future[ScaleReading]":
        """Begin to read the scale bar in another thread: the models that read leave a core to what finds particles."""
        _ = self.bars  # both need them
        quiet = replace(self, watch=nullcontext)  # a page shows what its own thread is doing
        thread = ThreadPoolExecutor(1, thread_name_prefix="reading")
        reading = thread.submit(lambda: quiet.scale_reading)
        thread.shutdown(wait=False)
        return reading

    @stage("micrograph.scale", "scale_rule", "bars")
    def scale(self) -> Scale | None:
        """The scale in force, None for sizes in pixels.

        Raises
        ------
        ScaleError
            If the length of the scale bar was given, and no bar is found.
        """
        rule = self.scale_rule
        if rule.is_settled:
            return rule.settled
        if self.micrograph.scale is not None:
            return self.micrograph.scale
        if rule.nm_per_px is not None:
            return Scale(rule.nm_per_px, "typed")
        if rule.bar_length_nm is not None:
            if self.bar is None:
                raise ScaleError(
                    f"No scale bar was found in {self.micrograph.name}.", "Give the scale with --nm-per-px."
                )
            return scale_from_bar(self.bar, rule.bar_length_nm, "nm")
        return self.scale_reading.scale if self._is_read else None

    @stage("edited", "recipe.outlines", doing="Drawing outlines…")
    def outlines(self) -> Outlines:
        """Where the edges of the particles lie, as polygons, and how sure that is."""
        without = without_names(self.edits)
        if without != self.edits:
            return self.with_edits(without).outlines
        if not self.edits:
            return of_labels(self.outlines_of_found, self.segmentation.labels)
        return self._traced(self.edited.labels, drawn=self.edited.drawn, before=self.with_edits(()).outlines)

    @stage("outlines")
    def labels(self) -> Labels:
        """The particles as they were measured: the pixels inside their outlines."""
        return rasterise(self.outlines)

    @stage("outlines")
    def polygons(self) -> PolygonMeasures:
        """Sizes and shapes of the outlines; only those that corrections changed are measured anew."""
        automatic = self.with_edits(())
        before = (automatic.outlines, automatic.polygons) if self.edits else None
        return measure_outlines(self.outlines, before=before)

    @stage("outlines", doing="Measuring…")
    def measured(self) -> pd.DataFrame:
        """One row per particle in px, see `nanotem.measurement.COLUMNS`; flags say what was corrected or touches."""
        outlines = without_names(self.edits)
        if outlines != self.edits:
            return self.with_edits(outlines).measured
        pixels = self.micrograph.pixels
        particles = measure_particles(
            self.labels, pixels, frame=self.frame, outlines=self.outlines, polygons=self.polygons
        )
        particles = add_flag(particles, "edited", self.edited.touched)
        return add_flag(particles, "split", np.unique(touching_pairs(self.labels)).tolist())

    @stage("measured", "scale", "classes", "with_shapes", "lattices", "with_lattices")
    def particles(self) -> pd.DataFrame:
        """One row per particle, with columns in nm if there is a scale, and with shapes and lattices if wanted."""
        if self._depends_on_reading:
            reading = self.begin_to_read()
            _ = self.measured, reading.result()
        particles = in_nm(self.measured, self.scale) if self.scale else self.measured
        particles = with_classes(particles, self.classes) if self.with_shapes else particles
        return with_lattices(particles, self.lattices) if self.with_lattices else particles

    @stage("particles", "recipe.sizes")
    def sizes(self) -> Sizes:
        """The size distribution, of whole particles."""
        return sizes_of(self.particles, self.recipe.sizes, frame=self.frame)

    @property
    def count(self) -> CountEstimate | None:
        """How many particles there are, as far as a judge can tell; None without one, or once a person corrected."""
        return None if without_names(self.edits) else self.segmentation.count

    @property
    def diameters(self) -> Sizes:
        """The distribution of the area-equivalent diameter, whatever quantity the recipe names."""
        return self.with_recipe(replace(self.recipe, sizes=replace(self.recipe.sizes, quantity="diameter"))).sizes

    @stage("sizes")
    def families(self) -> Families:
        """The families of sizes, by evidence or as the recipe divides them."""
        return self.sizes.families(self.recipe.sizes)

    @stage("sizes", doing="Testing models of the sizes…")
    def models(self) -> pd.DataFrame:
        """Which growth law describes the sizes, see `compare_models`."""
        return compare_models(self.sizes.values, self.sizes.weights)

    @property
    def metal_surface(self) -> MetalSurface | None:
        """Dispersion and specific surface, by the surface-weighted mean diameter; None without a metal or a scale."""
        metal, diameters = self.recipe.sizes.metal, self.diameters
        if metal == "none" or diameters.unit != "nm":
            return None
        return metal_surface(diameters.weighted["area"][0].estimate, metal)

    @stage("measured", "scale", doing="Looking at the neighbours of each particle…")
    def arrangement(self) -> Arrangement:
        """How many particles there are per area, how much they cover, and how they lie."""
        nm_per_px = self.scale.nm_per_px if self.scale else None
        return arrangement_of(self.measured, self.labels, frame=self.frame, nm_per_px=nm_per_px)

    @stage("measured", "recipe.networks", doing="Classifying…")
    def shape_evidence(self) -> ShapeEvidence:
        """Crops of the particles and what the networks see in them, in the order of `measured`."""
        outlines = without_names(self.edits)
        if outlines != self.edits:
            return self.with_edits(outlines).shape_evidence
        classifiers = (self._classifier(name) for name in CLASSIFIERS)
        return shape_evidence(self.micrograph.pixels, self.labels, self.measured, *classifiers)

    @stage("shape_evidence", "recipe.classify", "edits")
    def classes(self) -> pd.DataFrame:
        """Outline and solid of every particle; what a person said comes first."""
        largest = self._classifier("solid").card.largest_distance
        table = class_table(self.measured, self.shape_evidence, largest, self.recipe.classify)
        return with_names(table, self.edited.named("outline"), self.edited.named("solid"))

    @stage("classes")
    def class_counts(self) -> Mapping[str, ClassCounts]:
        """How many particles each outline and each solid was said of, and what is known to be taken for what.

        Of whole particles that are large enough to be judged, whether their class is accepted or not. A task whose
        networks nobody tried on known particles is absent.
        """
        seen, alone = self.shape_evidence, not self.recipe.classify.use_outline
        usable = can_be_judged(self.measured).to_numpy()
        predictions = {"outline": seen.outline, "solid": seen.solid_alone if alone else seen.solid}
        return {
            task: count_classes(said, self.measured["label"], usable, self.edited.named(task))
            for task, said in predictions.items()
            if said.confusion
        }

    @stage("class_counts")
    def class_fractions(self) -> Mapping[str, Fractions]:
        """The part of the population that each outline and each solid is, with what is mistaken for what allowed for.

        Of the particles of `class_counts`; what a person named is not mistaken.
        """
        return {task: fractions_of([counts]) for task, counts in self.class_counts.items()}

    @stage("outlines", "scale", "recipe.lattice.crystals", doing="Looking for lattice fringes…")
    def lattices(self) -> Lattices:
        """The lattice fringes of every particle, and the crystals that they fit."""
        outlines = without_names(self.edits)
        if outlines != self.edits:
            return self.with_edits(outlines).lattices
        phases = self.recipe.lattice.phases
        return find_lattices(self.micrograph.pixels, self.labels, scale=self.scale, frame=self.frame, phases=phases)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was assumed, what was left out, and what looks wrong."""
        return (
            *(note("reading", text=text) for text in self.micrograph.notes),
            *self._notes_on_scale(),
            *self._notes_on_method(),
            *self._notes_on_particles(),
            *self._notes_on_edges(),
            *(note("edit_lost", reason=reason) for _, reason in self.edited.lost),
            *(note("edit_remark", text=remark) for remark in self.edited.remarks),
            *self._notes_on_names(),
        )

    @property
    def provenance(self) -> Provenance:
        """Versions of the software, and the networks that had a say."""
        found, networks, libraries = self.segmentation, dict[str, str](), list[str]()
        if found.asked_network or found.absent_network:
            networks[SEGMENTER] = found.asked_network
        if found.asked_judge:
            networks[JUDGE] = found.asked_judge
        if found.asked_network or self._is_read or self.with_shapes:
            libraries += ["onnxruntime"]
        if self._is_read:
            libraries += ["rapidocr"]
        if self.with_shapes:
            networks |= self.shape_evidence.networks
        return Provenance(versions(*libraries), networks)

    def _segmenter(self) -> Segmenter:
        return segmenter_of(folder_named(self.recipe.networks.segmenter))

    def _classifier(self, name: str) -> Classifier:
        return self.load_classifier(name, getattr(self.recipe.networks, name))

    def _traced(self, labels: Labels, *, drawn: Collection[int] = (), before: Outlines | None = None) -> Outlines:
        return trace_outlines(
            self.stages.levelled,
            labels,
            ignored=~self.frame,
            clipped=self.clipped,
            drawn=drawn,
            profile=self.recipe.outlines.classes,
            before=before,
            label_blur_px=self.stages.blur_px,
        )

    @property
    def _limits_on_outlines(self) -> OutlineParams | None:
        """The outlines by which something is left out; None where labels decide."""
        return self.recipe.outlines if self.recipe.segment.limits_outlines else None

    @property
    def _ignored(self) -> Mask | None:
        """The part of the picture that is no micrograph; what was written over it is kept if the recipe says so."""
        return ~self.frame if self.recipe.preprocess.annotation.ignore else self.micrograph.blank

    @property
    def _asked(self) -> tuple[Any, ...]:
        """The networks, the method, and the options that decide what it prepares."""
        params = self.recipe.segment
        options = (getattr(params.options, name) for name in METHODS[params.method].prepared_by)
        return self.recipe.networks.segmenter, params.method, *options

    @property
    def _is_read(self) -> bool:
        """Whether the scale is what the picture says."""
        return self._depends_on_reading and self.scale_reading.accepted

    @property
    def _depends_on_reading(self) -> bool:
        """Whether nothing but the picture says what the scale is."""
        rule = self.scale_rule
        return not (rule.is_settled or self.micrograph.scale or rule.nm_per_px or rule.bar_length_nm)

    def _notes_on_scale(self) -> Iterable[Note]:
        if self.scale is None:
            reason = "" if self.scale_rule.is_settled else self.scale_reading.reason
            yield note("scale_unknown", reason=reason)
        elif self._is_read and self.scale_reading.bar and self.scale_reading.label:
            label = self.scale_reading.label
            yield note("scale_read", label=f"{label.value:g} {label.unit}", length_px=self.scale_reading.bar.length_px)

    def _notes_on_method(self) -> Iterable[Note]:
        found = self.segmentation
        if found.absent_network:
            yield note("network_absent", reason=found.absent_network)
        count = self.count
        if count is not None and count.found and count.doubtful_share > _DOUBTFUL:
            yield note(
                "count_doubtful",
                n=count.found,
                false=count.expected_false,
                missed=count.expected_missed,
                low=count.low,
                high=count.high,
            )
        if count is not None and found.n_left_out > _LEFT_OUT * count.found > 0:
            yield note("left_out", n=found.n_left_out)

    def _notes_on_particles(self) -> Iterable[Note]:
        n, mask = len(self.measured), self.stages.mask
        if n == 0:
            yield self._note_on_nothing()
            return
        is_sure = self.count is not None and self.count.doubtful_share <= _DOUBTFUL
        uses_mask = METHODS[self.segmentation.method].uses_mask
        if uses_mask and not is_sure and mask[self.frame].mean() > _MOST_COVERED:
            yield note("background_minority", share=in_percent(mask[self.frame].mean()))
        if has_flag(self.measured, "touches_frame").all():
            yield note("all_cut", n=n)
        crumbs = has_flag(self.measured, "few_pixels").mean()
        if n >= _CRUMBS and crumbs > _SHARE_OF_CRUMBS and not is_sure:
            yield note("crumbs", share=in_percent(crumbs), n=n, least_px=FEW_PIXELS_BELOW_PX)
        edges = self.outlines.report
        if edges.relative_uncertainty >= UNRESOLVED:
            yield note("not_resolved", share=in_percent(edges.relative_uncertainty, ".1f"))
        flattened, polarity = self.stages.flattened, self.stages.polarity
        spread = spread_of_levels(flattened, self.labels, blur_px=edges.blur_px)
        if spread < SPREAD_OF_HOLES and (polarity == "bright" or are_holes(flattened, self.labels)):
            other = "dark" if polarity == "bright" else "bright"
            yield note("holes", spread=in_percent(spread, ".1f"), polarity=polarity, other=other)

    def _notes_on_edges(self) -> Iterable[Note]:
        report, asked = self.outlines.report, self.recipe.outlines
        if report.is_mixed:
            yield note("profile_mixed")
        if not asked.is_settled or report.scores.family == report.family:
            return
        if report.scores.agreement(asked.class_weights) < _UNLIKELY:
            yield note("profile_differs", own=report.scores.family, family=report.family, blur_px=report.blur_px)

    def _notes_on_names(self) -> Iterable[Note]:
        for task in CLASSIFIERS:
            if not (named := self.edited.named(task)):
                continue
            with suppress(ModelError):  # without a network no shares are told either
                known = self._classifier(task).card.classes
                for name, n in Counter(named.values()).items():
                    if name not in known:
                        yield note("class_unknown", name=name, n=n, task=task, known=", ".join(known))

    def _note_on_nothing(self) -> Note:
        count, n_left_out = self.segmentation.count, self.segmentation.n_left_out
        if self.segmentation.are_holes:
            return note("are_holes", n=n_left_out)
        if count is not None and count.expected_missed >= _ONE_MISSED:
            return note("nothing_sure", missed=max(count.expected_missed, 1), clear=n_left_out)
        if self.stages.level == np.inf:
            return note("blank")
        return note("nothing_found", polarity=self.stages.polarity)


def analyse(
    micrograph: Micrograph,
    recipe: Recipe | None = None,
    edits: Iterable[Edit] = (),
    *,
    nm_per_px: float | None = None,
    bar_length_nm: float | None = None,
    with_shapes: bool = False,
    with_lattices: bool = False,
) -> Analysis:
    """Count and measure the particles of a micrograph: each result is worked out when it is asked for.

    Parameters
    ----------
    micrograph
        From `nanotem.read`.
    recipe
        Parameters of every stage; the defaults if it is left out.
    edits
        Corrections by hand, in their order.
    nm_per_px, bar_length_nm
        Scale, or length of the scale bar in the picture, where the file holds no scale; see `ScaleRule`.
    with_shapes
        Whether `particles` says outline and solid of each.
    with_lattices
        Whether it says what lattice fringes each shows.

    Examples
    --------
    >>> import nanotem
    >>> drawn = nanotem.simulate(n_particles=20, side_px=256, seed=1)
    >>> analysis = nanotem.analyse(drawn.micrograph)
    >>> analysis.scale.source, "diameter_nm" in analysis.particles
    ('example', True)
    """
    rule = ScaleRule(nm_per_px=nm_per_px, bar_length_nm=bar_length_nm)
    return Analysis(micrograph, recipe or Recipe(), tuple(edits), rule, with_shapes, with_lattices=with_lattices)
