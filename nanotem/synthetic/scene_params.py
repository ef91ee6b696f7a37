"""What a simulated micrograph is to show."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from nanotem.errors import ParameterError
from nanotem.morphology.classes import POLYHEDRA, SOLID_CLASSES
from nanotem.parameters import Parameters, knob, knobs

_NAMES = {
    "CUBO": "Cuboctahedra",
    "DEC": "Decahedra",
    "DODECA": "Dodecahedra",
    "FCC_CUBE": "Cubes",
    "ICO": "Icosahedra",
    "OH": "Octahedra",
    "TD": "Tetrahedra",
    "TPT": "Truncated trigonal bipyramids",
    "sphere": "Spheres",
    "rod": "Rods",
    "plate": "Plates",
    "bipyramid": "Bipyramids",
    "truncated octahedron": "Truncated octahedra",
    "other": "Shapes of no class",
}

_GROUPS = {"polyhedra": POLYHEDRA, "everything": SOLID_CLASSES}

_CHOICES = {name: _NAMES[name] for name in ("sphere", "rod", *SOLID_CLASSES)} | {
    "polyhedra": "The eight polyhedra",
    "everything": "Every shape",
}

SHAPES: Mapping[str, tuple[str, ...]] = MappingProxyType({name: _GROUPS.get(name, (name,)) for name in _CHOICES})
"""What `ParticleParams.shape` can be, with the classes that it stands for, all equally likely."""


@dataclass(frozen=True)
class ParticleParams(Parameters):
    """What lies on the support, and how."""

    shape: str = knob("sphere", "Shape", "What the particles are.", choices=_CHOICES)
    share: float = knob(
        1.0,
        "Share of this shape",
        "The other particles have the second shape.",
        low=0,
        high=1,
        step=0.05,
    )
    second_shape: str = knob(
        "rod", "Second shape", "What the others are, where the share is below 1.", choices=_CHOICES
    )
    n_particles: int = knob(
        100,
        "Particles",
        "How many are placed, satellites apart. In a crowded image some find no room.",
        low=0,
        high=5000,
        step=1,
    )
    diameter_nm: float = knob(
        15.0,
        "Mean diameter (nm)",
        "Of the sphere with the particle's volume. The outline of a plate is wider, that of a sphere is the same.",
        low=0.5,
        high=500,
        step=0.5,
    )
    spread: float = knob(
        0.08,
        "Spread of diameters",
        "Standard deviation divided by the mean. Below 0.1 a sample is called monodisperse.",
        low=0,
        high=0.6,
        step=0.01,
    )
    size_law: Literal["log-normal", "normal"] = knob(
        "log-normal",
        "Size distribution",
        "Log-normal has a longer tail to large sizes, as grown particles have.",
        choices={"log-normal": "Log-normal", "normal": "Normal"},
    )
    touching: float = knob(
        0.3,
        "Share in contact",
        "Put side to side with another particle. Above 0.7 clusters grow.",
        low=0,
        high=1,
        step=0.05,
    )
    overlapping: float = knob(
        0.0,
        "Share that overlaps",
        "Lie partly over another particle: thickness adds, and the upper one hides the lower one in the truth.",
        low=0,
        high=0.5,
        step=0.05,
    )
    satellites: int = knob(
        0,
        "Satellites per particle",
        "Small spheres around the others, most of them in contact: Ostwald ripening.",
        low=0,
        high=20,
        step=1,
    )
    satellite_size: float = knob(
        0.2,
        "Size of satellites",
        "Their mean diameter divided by that of the others.",
        low=0.05,
        high=0.8,
        step=0.05,
    )
    facet_down: float = knob(
        0.7,
        "Share lying on a face",
        "The others have any orientation. Rods and plates always lie.",
        low=0,
        high=1,
        step=0.05,
    )
    ideal: bool = knob(False, "Textbook shapes", "Without the truncations and proportions that real particles vary in.")


@dataclass(frozen=True)
class MicroscopeParams(Parameters):
    """How it is imaged."""

    mode: Literal["bright field", "HAADF"] = knob(
        "bright field",
        "Imaging",
        "Particles are dark in bright field and bright in HAADF.",
        choices={"bright field": "Bright field", "HAADF": "HAADF-STEM"},
    )
    attenuation_nm: float = knob(
        12.0,
        "Attenuation length (nm)",
        "Contrast: the shorter, the darker the particles. Gold at 200 kV has about 12 nm.",
        low=1,
        high=300,
        step=1,
        when=("mode", ("bright field",)),
    )
    crystal_contrast: float = knob(
        0.25,
        "Contrast of grains",
        "How much the orientation of the crystal changes the darkness, between particles and between twins.",
        low=0,
        high=1,
        step=0.05,
    )
    lattice: float = knob(
        0.0,
        "Lattice fringes",
        "Contrast of the {111} planes of gold, 0.235 nm apart; seen where a pixel spans less than 0.09 nm.",
        low=0,
        high=0.5,
        step=0.05,
    )
    dose: float = knob(
        400.0,
        "Dose (electrons per px)",
        "The fewer, the noisier.",
        low=5,
        high=10000,
        step=5,
    )
    blur_px: float = knob(0.8, "Blur (px)", "Standard deviation of the point spread.", low=0.1, high=5, step=0.1)
    fringe: float = knob(
        0.15,
        "Defocus rim",
        "Bright rim around particles in underfocus; negative in overfocus.",
        low=-0.5,
        high=0.5,
        step=0.05,
    )
    gradient: float = knob(
        0.12, "Uneven illumination", "Change from corner to corner, as a share.", low=0, high=1, step=0.02
    )


@dataclass(frozen=True)
class FrameParams(Parameters):
    """What is in the frame beside the particles."""

    side_px: int = knob(512, "Image size (px)", "Rows and columns.", low=64, high=4096, step=64)
    nm_per_px: float = knob(0.25, "nm per px", "Scale: larger shows more of the support.", low=0.01, high=10, step=0.01)
    support: Literal["plain", "edge", "holes", "wrinkles"] = knob(
        "plain",
        "Support",
        "A carbon film can have an edge, holes or wrinkles.",
        choices={
            "plain": "Even film",
            "edge": "Edge of the film",
            "holes": "Film with holes",
            "wrinkles": "Wrinkled film",
        },
    )
    texture: float = knob(
        0.02, "Texture of the support", "Standard deviation, as a share of the background.", low=0, high=0.2, step=0.005
    )
    contamination: float = knob(
        0.0,
        "Contamination",
        "Share of the image that patches of carbon darken a little.",
        low=0,
        high=0.5,
        step=0.05,
    )
    inverted: bool = knob(False, "Invert the grey levels", "White becomes black.")
    scale_bar: bool = knob(True, "Scale bar", "Burns in a bar with its label, of which the app reads the scale.")
    panel_letter: bool = knob(
        False, "Panel letter", "Writes a letter in the upper left corner, as in published figures."
    )
    seed: int = knob(1, "Seed", "Another number gives another image of the same kind.", low=0, high=2**31 - 1, step=1)


@dataclass(frozen=True)
class SceneParams:
    """Everything that decides what a simulated micrograph shows; equal parameters give equal pixels."""

    particles: ParticleParams = field(default_factory=ParticleParams)
    microscope: MicroscopeParams = field(default_factory=MicroscopeParams)
    frame: FrameParams = field(default_factory=FrameParams)

    @classmethod
    def of(cls, **values: Any) -> "SceneParams":
        """Build a scene from parameters by name, whatever their group; the others keep their defaults.

        Raises
        ------
        ParameterError
            If a parameter is unknown, or a value breaks its limits.
        """
        steps = {"particles": ParticleParams, "microscope": MicroscopeParams, "frame": FrameParams}
        known = [name for step in steps.values() for name in knobs(step)]
        unknown = next((name for name in values if name not in known), None)
        if unknown is not None:
            raise ParameterError(f"A scene has no parameter {unknown!r}.", f"It has {', '.join(known)}.")
        return cls(
            **{
                group: step(**{name: value for name, value in values.items() if name in knobs(step)})
                for group, step in steps.items()
            }
        )

    def flat(self) -> dict[str, Any]:
        """Return every parameter by name."""
        return {**asdict(self.particles), **asdict(self.microscope), **asdict(self.frame)}

    def with_seed(self, seed: int) -> "SceneParams":
        """Return another scene of the same kind."""
        return replace(self, frame=replace(self.frame, seed=seed))
