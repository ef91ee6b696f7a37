"""What is being done, in plain words, from the first moment: Streamlit's spinner is silent for half a second."""

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.delta_generator import DeltaGenerator


@contextmanager
def said(place: DeltaGenerator, words: str) -> Iterator[None]:
    """Say in a place what is being done; the words go when it is done, or fails."""
    place.caption(words)
    try:
        yield
    finally:
        place.empty()
