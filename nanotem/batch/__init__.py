"""Many images at once: on the cores of this computer, or on a Dask cluster."""

from nanotem.batch.cluster import Cluster, Workers, connected
from nanotem.batch.pool import Pool
from nanotem.batch.run import Progress, run_batch
from nanotem.batch.task import Outcome, analyse_image
from nanotem.batch.under_way import UnderWay

__all__ = ["Cluster", "Outcome", "Pool", "Progress", "UnderWay", "Workers", "analyse_image", "connected", "run_batch"]
