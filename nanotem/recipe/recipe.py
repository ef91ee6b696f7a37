"""The recipe: the parameters of every stage, each with its one default."""

from dataclasses import dataclass, field

from nanotem.lattice.params import LatticeParams
from nanotem.morphology.params import ClassifyParams
from nanotem.networks.params import NetworkParams
from nanotem.outlines.params import OutlineParams
from nanotem.preprocess.params import PreprocessParams
from nanotem.segmentation.params import SegmentParams
from nanotem.statistics.params import SizeParams


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a result but the image and the corrections by hand."""

    preprocess: PreprocessParams = field(default_factory=PreprocessParams)
    segment: SegmentParams = field(default_factory=SegmentParams)
    outlines: OutlineParams = field(default_factory=OutlineParams)
    sizes: SizeParams = field(default_factory=SizeParams)
    classify: ClassifyParams = field(default_factory=ClassifyParams)
    lattice: LatticeParams = field(default_factory=LatticeParams)
    networks: NetworkParams = field(default_factory=NetworkParams)
