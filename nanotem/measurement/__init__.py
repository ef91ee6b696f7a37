"""Labels in, one row per particle out: sizes, shapes, and flags that say why a number may be wrong."""

from nanotem.measurement.columns import COLUMNS, Column
from nanotem.measurement.flags import FLAGS, FlagDefinition, add_flag, can_be_judged, has_flag
from nanotem.measurement.nanometres import in_nm
from nanotem.measurement.particles import measure_particles

__all__ = [
    "COLUMNS",
    "FLAGS",
    "Column",
    "FlagDefinition",
    "add_flag",
    "can_be_judged",
    "has_flag",
    "in_nm",
    "measure_particles",
]
