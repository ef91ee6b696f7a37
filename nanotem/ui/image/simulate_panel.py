"""Make an image of one's own, with known particles, to try everything on."""

import streamlit as st

from nanotem.synthetic.files import as_micrograph, png
from nanotem.synthetic.scene import SyntheticMicrograph
from nanotem.synthetic.scene_params import SceneParams
from nanotem.synthetic.simulate import simulate
from nanotem.ui.kit.controls import edit_parameters
from nanotem.ui.kit.state import Work
from nanotem.ui.kit.visits import Source

_KEY = "simulated"


def simulate_panel(work: Work) -> None:
    """Offer what a simulated micrograph can show; it is taken up, and its truth kept, in the run after the click."""
    with st.popover("Draw one of your own", icon=":material/science:"):
        defaults = SceneParams()
        particles = edit_parameters(defaults.particles, work, key="simulate.particles")
        microscope = edit_parameters(defaults.microscope, work, key="simulate.microscope")
        frame = edit_parameters(defaults.frame, work, key="simulate.frame")
        if st.button("Draw it", key="simulate.draw", type="primary", icon=":material/brush:"):
            with st.spinner("Drawing…"):
                _take_up(work, simulate(SceneParams(particles, microscope, frame)), frame.seed)
            st.rerun()


def show_truth(work: Work) -> None:
    """Say what was drawn, if the image was drawn here."""
    drawn = simulated(work)
    if drawn is not None:
        st.info(_truth(drawn), icon=":material/science:")


def simulated(work: Work) -> SyntheticMicrograph | None:
    """Return the truth about the image that is open; None if it was not drawn here."""
    image_id, drawn = st.session_state.get(_KEY, ("", None))
    return drawn if work.micrograph is not None and work.micrograph.id == image_id else None


def _take_up(work: Work, drawn: SyntheticMicrograph, seed: int) -> None:
    micrograph = as_micrograph(drawn.pixels, f"simulated-{seed}.png")
    work.open(micrograph, Source(png(drawn.pixels), micrograph.name, {}))
    st.session_state[_KEY] = micrograph.id, drawn


def _truth(drawn: SyntheticMicrograph) -> str:
    """Return one sentence on what was drawn."""
    n = len(drawn.truth)
    if n == 0:
        return f"No particles were drawn, at {drawn.nm_per_px:g} nm per px."
    mean, sd = drawn.truth["diameter_nm"].mean(), drawn.truth["diameter_nm"].std(ddof=0)
    classes = ", ".join(f"{count} {name}" for name, count in drawn.truth["class_name"].value_counts().items())
    return (
        f"{n} particles were drawn ({classes}), mean diameter {mean:.1f} nm, standard deviation {sd:.1f} nm, "
        f"at {drawn.nm_per_px:g} nm per px."
    )
