"""Bars of alternating black and white fields."""

from dataclasses import replace

from nanotem.calibration.candidates import Candidate

_WIDEST_GAP_PX = 2.5
_LEAST_FIELDS = 3
_UNEVEN_SHARE, _UNEVEN_PX = 0.05, 1.5
"""Of the longest field, or px where that is more: by so much the lengths of fields differ."""

_ENCLOSED = 0.5
"""Between a ground of one grey, 0, and another field, 1; see `Line`."""


def join_fields(candidates: list[Candidate]) -> list[Candidate]:
    """Replace the fields of a two-tone bar by the whole of it; drop fields of which the whole is not clear.

    Fields lie on one row, follow each other without a gap, and alternate in polarity; a bar has three or more of the
    same length. Beyond an end where the grey is that of no background there is one more, too pale to be found.
    """
    chains = _chains(candidates)
    return [c for c in candidates if not any(c in chain for chain in chains)] + _joined(chains)


def whole_bars(candidates: list[Candidate]) -> list[Candidate]:
    """Return only the two-tone bars of which `candidates` are fields; see `join_fields`."""
    return _joined(_chains(candidates))


def _joined(chains: list[list[Candidate]]) -> list[Candidate]:
    joined = []
    for chain in chains:
        lengths = [c.line.length_px for c in chain]
        if len(chain) >= _LEAST_FIELDS and max(lengths) - min(lengths) <= max(_UNEVEN_SHARE * max(lengths), _UNEVEN_PX):
            joined.append(_whole(chain, sum(lengths) / len(lengths)))
    return joined


def _whole(chain: list[Candidate], field_px: float) -> Candidate:
    """Return the bar of which the fields in `chain` are all, or all but one at either end."""
    first, last = chain[0].line, chain[-1].line
    left = first.left - (field_px if first.enclosed_left > _ENCLOSED else 0)
    right = last.right + (field_px if last.enclosed_right > _ENCLOSED else 0)
    line = replace(first, left=left, right=right)
    return replace(chain[0], line=line, quality=min(c.quality for c in chain))


def _chains(candidates: list[Candidate]) -> list[list[Candidate]]:
    """Return the runs of two or more candidates of which each follows the one before as a field would."""
    chains: list[list[Candidate]] = []
    for c in sorted(candidates, key=lambda c: c.line.left):
        chain = next((chain for chain in chains if _follows(chain[-1], c)), None)
        if chain is None:
            chains.append([c])
        else:
            chain.append(c)
    return [chain for chain in chains if len(chain) > 1]


def _follows(left: Candidate, right: Candidate) -> bool:
    a, b = left.line, right.line
    return (
        left.polarity != right.polarity
        and abs(b.left - a.right) <= _WIDEST_GAP_PX
        and abs(b.row - a.row) <= max(1.5, 0.2 * a.thickness_px)
    )
