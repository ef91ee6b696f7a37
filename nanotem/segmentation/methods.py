"""The registry of the methods of segmentation."""

from nanotem.segmentation.automatic import AUTOMATIC
from nanotem.segmentation.by_network import LEARNED
from nanotem.segmentation.method import Method
from nanotem.segmentation.neck_ratio import NECK_RATIO
from nanotem.segmentation.seeded_watershed import LOCAL_MAXIMA, NORMALISED, REGIONS, SURE_FOREGROUND

METHODS: dict[str, Method] = {
    method.name: method
    for method in (AUTOMATIC, NECK_RATIO, LEARNED, LOCAL_MAXIMA, SURE_FOREGROUND, NORMALISED, REGIONS)
}
"""Every method by its name; whoever adds one here has it on the pages, in recipes, reports, sensitivity and batches."""
