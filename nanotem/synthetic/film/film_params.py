"""What a simulated film is to show."""

from dataclasses import dataclass, field
from typing import Any, Literal

from nanotem.errors import ParameterError
from nanotem.parameters import Parameters, knob, knobs
from nanotem.synthetic.scene_params import SceneParams


@dataclass(frozen=True)
class MotionParams(Parameters):
    """What happens to particles, support and focus while the film runs."""

    n_frames: int = knob(50, "Frames", "How many pictures the film has.", low=2, high=5000, step=1)
    frame_time_s: float = knob(1.0, "Seconds per frame", "From one frame to the next.", low=1e-4, high=3600, step=0.1)
    process: Literal["nothing", "growth", "ripening", "coalescence", "nucleation"] = knob(
        "nothing",
        "What happens",
        "Growth: all particles grow by one law. Ripening: large ones grow from small ones, by the theory of Lifshitz, "
        "Slyozov and Wagner. Coalescence: neighbours meet and become one of the same volume. Nucleation: particles "
        "appear one after the other and grow.",
        choices={
            "nothing": "Nothing grows",
            "growth": "Growth",
            "ripening": "Ripening",
            "coalescence": "Coalescence",
            "nucleation": "Nucleation",
        },
    )
    exponent: int = knob(
        3,
        "Growth exponent",
        "3 where diffusion limits, 2 where the reaction at the surface does: the mean radius to this power is linear "
        "in time.",
        low=2,
        high=3,
        step=1,
    )
    final_size: float = knob(
        1.5,
        "Growth over the film",
        "Mean diameter at the end, in units of that at the start, for growth and ripening.",
        low=1.0,
        high=4.0,
        step=0.05,
    )
    merging_share: float = knob(
        0.3,
        "Share that merges",
        "Of the particles, two for each coalescence.",
        low=0,
        high=1,
        step=0.05,
    )
    brownian_px: float = knob(
        0.3, "Brownian step (px)", "Standard deviation along each axis, per frame.", low=0, high=10, step=0.1
    )
    drift_px: float = knob(
        0.5, "Drift (px per frame)", "Of support and particles together, in one direction.", low=0, high=5, step=0.1
    )
    drift_jitter_px: float = knob(
        0.2, "Jitter of the drift (px)", "Standard deviation along each axis, per frame.", low=0, high=5, step=0.1
    )
    focus_drift_px: float = knob(
        0.0,
        "Focus drift (px)",
        "How much the blur has grown by the end of the film; the defocus rim fades with it.",
        low=0,
        high=4,
        step=0.1,
    )


@dataclass(frozen=True)
class FilmParams:
    """Everything that decides what a simulated film shows; equal parameters give equal pixels."""

    scene: SceneParams = field(default_factory=SceneParams)
    motion: MotionParams = field(default_factory=MotionParams)

    @classmethod
    def of(cls, **values: Any) -> "FilmParams":
        """Build a film from parameters by name, whatever their group; the others keep their defaults.

        Raises
        ------
        ParameterError
            If a parameter is unknown, or a value breaks its limits.
        """
        motion = {name: value for name, value in values.items() if name in knobs(MotionParams)}
        rest = {name: value for name, value in values.items() if name not in motion}
        known = SceneParams().flat()
        unknown = next((name for name in rest if name not in known), None)
        if unknown is not None:
            raise ParameterError(
                f"A film has no parameter {unknown!r}.", f"It has {', '.join([*knobs(MotionParams), *known])}."
            )
        return cls(SceneParams.of(**rest), MotionParams(**motion))
