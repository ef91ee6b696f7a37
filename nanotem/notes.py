"""Notes: what was assumed, left out or looks wrong in a result. All that can be said stands here."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

NOTES: Mapping[str, str] = MappingProxyType(
    {
        "reading": "{text}",
        "replay": "{text}",
        "scale_unknown": "The scale is not known, so sizes are in pixels. {reason}",
        "scale_read": "The scale was read from the bar in the picture: {label} over {length_px:.1f} px.",
        "blank": "Nothing stands out from the background, and no particle was found. Check polarity and threshold "
        "on the page Preprocess.",
        "nothing_found": "No particle was found that is {polarity}, which is what they were taken for. Set it right on "
        "the page Preprocess if it is not so; look at the mask there, or lower the smallest diameter.",
        "nothing_sure": "No particle was found: what looks like one is more likely texture or dirt, though about "
        "{missed:.0f} may be missing; {clear} things stand out clearly. To see them, lower the least probability or "
        "switch on Count all that is clear, on the page Segmentation.",
        "are_holes": "No particle was found: what is bright ({n}) is of one grey level, of all sizes and ragged, as "
        "the holes of a film are. If these are particles, switch on Count all that is clear, on the page Segmentation, "
        "or set Particles are to bright on the page Preprocess.",
        "background_minority": "What was taken for particles covers {share} of the picture. Check whether they are "
        "dark or bright on the page Preprocess.",
        "crumbs": "{share} of {n} particles are smaller than {least_px:g} px in diameter: is it texture? Raise the "
        "smallest diameter, or mask what is no particle.",
        "not_resolved": "The edges of these particles are so blurred beside their size that where an outline is drawn "
        "is open by ±{share} of the diameter, for all alike: counting more does not make it less, a sharper or more "
        "magnified picture does. The interval of the mean does not hold it; see Uncertainty on the page Sizes.",
        "holes": "What was found is {polarity} and of one grey level (within {spread} of the contrast). If this is "
        "{polarity} field, they are holes of the film: set Particles are to {other} on the page Preprocess.",
        "all_cut": "All particles that were found ({n}) touch the frame, so there are no sizes.",
        "network_absent": "The neural network, which should have checked the particles, had no say: {reason}",
        "count_doubtful": "Of {n} particles about {false:.0f} may be false or outlined wrong, and about {missed:.0f} "
        "missing: between {low:.0f} and {high:.0f} are likely. Step through the doubtful ones, or correct by hand.",
        "left_out": "{n} things that stand out as clearly as the particles were left out: so small or so large beside "
        "the others, dirt is likelier. If they are particles, switch on Count all that is clear on the page "
        "Segmentation.",
        "profile_differs": "By itself this picture has the edges of {own} particles; it was measured as {family}, as "
        "settled for its sample, which moves every diameter by about half of the blur of {blur_px:.1f} px. If it shows "
        "other particles than the rest, give it a sample of its own.",
        "profile_mixed": "Edges of several kinds lie in this picture, as of plates beside spheres: each is measured "
        "by its own. If yours are all of one kind, choose it as Edge profile on the page Segmentation.",
        "edit_lost": "A correction could not be carried out. {reason}",
        "edit_remark": "{text}",
        "class_unknown": "{name}, named by hand ({n} of the particles), is no {task} that the network in use knows: it "
        "stands in the table, but counts to no share of the population. Known are {known}.",
    }
)
"""The templates of all notes by their kinds."""


@dataclass(frozen=True)
class Note:
    """Something that a person should know about a result.

    Parameters
    ----------
    kind
        A key of `NOTES`.
    text
        One or two sentences, with the remedy where there is one.
    """

    kind: str
    text: str

    def __str__(self) -> str:
        return self.text


def note(kind: str, **values: Any) -> Note:
    """Return a note of a kind, its template filled in.

    Examples
    --------
    >>> note("all_cut", n=3).text
    'All particles that were found (3) touch the frame, so there are no sizes.'
    """
    return Note(kind, NOTES[kind].format(**values).strip())
