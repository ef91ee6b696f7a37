"""What the first image of a server would wait for, done before it comes."""

import gc
from concurrent.futures import Future, ThreadPoolExecutor

import streamlit as st

from nanotem.analysis import analyse
from nanotem.synthetic.simulate import simulate

_N_PARTICLES, _SIDE_PX = 12, 256
"""As few and as small as goes through every stage: what takes time are libraries and networks, 3 to 5 s once."""


@st.cache_resource(max_entries=1, show_spinner=False)
def warm_up() -> "Future[None]":
    """Analyse a small drawn image in the background, once per server, so that everything is loaded.

    No call of Streamlit happens in the thread.
    """
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="warm")
    done = thread.submit(_analyse_one)
    thread.shutdown(wait=False)
    return done


def _analyse_one() -> None:
    drawn = simulate(n_particles=_N_PARTICLES, side_px=_SIDE_PX, seed=1)
    analysis = analyse(drawn.micrograph)
    _ = analysis.families, analysis.scale_reading
    gc.freeze()  # Streamlit searches all memory for garbage after every run: 0.13 s with what is loaded now and stays
