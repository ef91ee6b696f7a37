import cv2
import numpy as np
from drawn_edges import grid, scene

from nanotem.outlines import rasterise, trace_outlines


def test_no_label_is_lost_or_in_pieces_and_areas_agree():
    bodies = [("sphere", 24 + 24 * r, 24 + 21 * c + 10.5 * (r % 2), 24) for r in range(4) for c in range(5)]
    outlines = trace_outlines(*scene([*bodies, *grid("disc", 3, 2, pitch_px=8)], shape=(130, 160)))
    labels = rasterise(outlines)
    assert np.unique(labels[labels > 0]).tolist() == list(outlines.rings)
    for label in outlines.rings:
        assert cv2.connectedComponents((labels == label).astype(np.uint8), connectivity=8)[0] == 2


def test_labels_keep_their_numbers():
    grey, labels = scene(grid("disc", 30, 4, pitch_px=60), shape=(120, 130))
    renamed = np.array([0, 70_000, 3, 9, 12], np.int32)[labels]
    outlines = trace_outlines(grey, renamed)
    assert list(outlines.rings) == [3, 9, 12, 70_000]
    found = rasterise(outlines)
    assert (found != renamed).mean() < 0.02
    assert np.unique(found).tolist() == [0, 3, 9, 12, 70_000]
