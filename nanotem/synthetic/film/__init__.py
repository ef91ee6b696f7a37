"""Films with known truth: particles that grow, ripen, meet, appear and wander, seen by a camera that drifts."""

from nanotem.synthetic.film.film import SyntheticFilm, simulate_film
from nanotem.synthetic.film.film_params import FilmParams, MotionParams

__all__ = ["FilmParams", "MotionParams", "SyntheticFilm", "simulate_film"]
