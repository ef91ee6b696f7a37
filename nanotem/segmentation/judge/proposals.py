"""What several witnesses take for particles, as sets of the smallest pieces on which they all agree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from nanotem.labels import numbered, windows
from nanotem.micrograph import Labels
from nanotem.moments import label_integrals, moments_from

_LARGEST_KEY = 2**31
"""Keys of pieces are numbered anew beyond it, so that the next label image still fits into 64 bits."""


@dataclass(frozen=True, eq=False)
class Proposals:
    """Particles that were proposed, each as a set of atoms: the largest pieces that no witness cuts.

    Attributes
    ----------
    atoms
        Label image of the atoms; 0 where nobody sees a particle.
    atom_px
        Area of every atom in px; index 0 is no atom and has none.
    members
        Which atoms belong to which proposal: shape (proposals, atoms), 1 or absent.
    witness
        Which witness proposed it, by its place.
    label
        Its number in that witness's label image.
    """

    atoms: Labels
    atom_px: npt.NDArray[np.float64]
    members: sparse.csr_matrix
    witness: npt.NDArray[np.intp]
    label: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.witness)

    @property
    def areas_px(self) -> npt.NDArray[np.float64]:
        """Area of every proposal."""
        return np.asarray(self.members @ self.atom_px)

    def shared_px(self) -> sparse.coo_matrix:
        """Return the area that each two proposals share, those that share some; shape (proposals, proposals)."""
        weighted = self.members.multiply(self.atom_px[None, :]).tocsr()
        return (weighted @ self.members.T.tocsr()).tocoo()

    def labels_of(self, places: npt.NDArray[np.intp]) -> Labels:
        """Return proposals that do not overlap as a label image, in their order from 1."""
        if not len(places):
            return np.zeros(self.atoms.shape, np.int32)
        chosen = self.members[places].tocoo()
        number = np.zeros(len(self.atom_px), np.int32)
        number[chosen.col] = chosen.row + 1
        return number[self.atoms]

    def means_of(self, *images: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the mean of each image over every proposal, shape (images, proposals)."""
        places = np.flatnonzero(self.atoms > 0)
        atom = self.atoms.ravel()[places]
        sums = [np.bincount(atom, image.ravel()[places], len(self.atom_px)) for image in images]
        return np.stack([self.members @ one for one in sums]) / np.maximum(self.areas_px, 1)

    def compactness(self) -> npt.NDArray[np.float64]:
        """Return how compact every proposal is, see `Moments.compactness`."""
        return moments_from((self.members @ label_integrals(self.atoms).T).T).compactness

    def boxes(self) -> npt.NDArray[np.float64]:
        """Return top, left, bottom and right of every proposal in px, shape (proposals, 4)."""
        of_atoms = [
            (rows.start, columns.start, -rows.stop, -columns.stop) for _, (rows, columns) in windows(self.atoms)
        ]
        if not of_atoms:
            return np.zeros((0, 4))
        corners = np.array([(0, 0, 0, 0), *of_atoms], np.float64)[self.members.indices]
        return np.asarray(np.minimum.reduceat(corners, self.members.indptr[:-1]) * (1, 1, -1, -1))

    def at_frame(self) -> npt.NDArray[np.bool_]:
        """Tell which proposals reach the edge of the picture."""
        edges = (self.atoms[0], self.atoms[-1], self.atoms[:, 0], self.atoms[:, -1])
        is_there = np.zeros(len(self.atom_px))
        is_there[np.unique(np.concatenate(edges))] = 1
        is_there[0] = 0
        return np.asarray(self.members @ is_there) > 0


def pooled(witnesses: Sequence[Labels]) -> Proposals:
    """Pool the particles of several label images of one shape.

    Examples
    --------
    >>> whole = np.array([[1, 1, 1, 1, 0]], np.int32)
    >>> halves = np.array([[1, 1, 2, 2, 0]], np.int32)
    >>> found = pooled([whole, halves])
    >>> found.areas_px.tolist(), found.atom_px.tolist()
    ([4.0, 2.0, 2.0], [0.0, 2.0, 2.0])
    """
    seen = np.zeros(witnesses[0].shape, bool)
    for labels in witnesses:
        seen |= labels > 0
    places = np.flatnonzero(seen)
    key = np.zeros(len(places), np.int64)
    for labels in witnesses:
        numbers = labels.ravel()[places].astype(np.int64)
        key = key * (int(numbers.max(initial=0)) + 1) + numbers
        if key.max(initial=0) > _LARGEST_KEY:
            key = numbered(key)[0]
    atom, first = numbered(key)
    n_px = np.bincount(atom, minlength=len(first))
    atoms = np.zeros(seen.shape, np.int32)
    atoms.ravel()[places] = atom + 1
    held_by = [labels.ravel()[places[first]] for labels in witnesses]
    return _proposals(atoms, np.concatenate([[0.0], n_px]), held_by)


def _proposals(atoms: Labels, atom_px: npt.NDArray[np.float64], held_by: Sequence[npt.NDArray[np.int32]]) -> Proposals:
    """Gather the atoms of every label, given which label holds each atom by each witness."""
    rows, columns, witness, label = [], [], [], []
    n = 0
    for place, numbers in enumerate(held_by):
        held = np.flatnonzero(numbers)
        names, row = np.unique(numbers[held], return_inverse=True)
        rows.append(row + n)
        columns.append(held + 1)
        witness.append(np.full(len(names), place))
        label.append(names)
        n += len(names)
    row, column = np.concatenate(rows), np.concatenate(columns)
    members = sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(n, len(atom_px)))
    return Proposals(
        atoms, atom_px, members, np.concatenate(witness).astype(np.intp), np.concatenate(label).astype(np.intp)
    )
