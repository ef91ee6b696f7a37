"""Many images on Dask: on the cores of this computer, or on a cluster."""

from nanotem.batch.cluster import connected
from nanotem.batch.run import Progress, run_batch
from nanotem.batch.task import Outcome, analyse_image

__all__ = ["Outcome", "Progress", "analyse_image", "connected", "run_batch"]
