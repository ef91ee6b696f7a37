"""Films: particles through time."""

from nanotem.film.film import Film, open_film
from nanotem.film.reading_params import ReadingParams

__all__ = ["Film", "ReadingParams", "open_film"]
