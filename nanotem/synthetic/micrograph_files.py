"""Simulated micrographs as files, with their truth beside them."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from nanotem.files.replacing import write_file
from nanotem.micrograph import Labels
from nanotem.synthetic.files import each, png
from nanotem.synthetic.scene_file import write_scene
from nanotem.synthetic.scene_params import SceneParams
from nanotem.synthetic.simulate import simulate

_CHUNK = 2


def write_micrographs(
    out: Path, params: SceneParams, *, count: int = 1, processes: int = 1
) -> Iterator[dict[str, Any]]:
    """Draw micrographs of consecutive seeds and write them with their truth.

    Parameters
    ----------
    out
        Folder. In it come images/NAME.png, labels/NAME.tif (16 or 32 bits), truth/NAME.csv (the columns of
        `SyntheticMicrograph.truth`) and scene.toml with the parameters of the first one.
    params
        What they show; the n-th one has the seed its seed plus n.
    count
        How many.
    processes
        How many are drawn at once; it changes nothing in the files.

    Yields
    ------
    dict
        "file", "labels", "truth": paths; "seed", "n_particles", "mean_diameter_nm" (None without particles),
        "nm_per_px".

    Raises
    ------
    ParameterError
        If a seed becomes too large.
    NanotemError
        If a file cannot be written.
    """
    jobs = [(out, params.with_seed(params.frame.seed + n)) for n in range(count)]
    write_file(out / "scene.toml", write_scene(params).encode())
    yield from each(_write, jobs, processes=processes, chunk=_CHUNK)


def _write(job: tuple[Path, SceneParams]) -> dict[str, Any]:
    out, params = job
    drawn = simulate(params)
    name = f"scene-{params.frame.seed:04d}"
    paths = out / "images" / f"{name}.png", out / "labels" / f"{name}.tif", out / "truth" / f"{name}.csv"
    contents = png(drawn.pixels), _label_tiff(drawn.labels), drawn.truth.to_csv(index=False).encode()
    for path, data in zip(paths, contents, strict=True):
        write_file(path, data)
    return {
        **{key: str(path) for key, path in zip(("file", "labels", "truth"), paths, strict=True)},
        "seed": params.frame.seed,
        "n_particles": len(drawn.truth),
        "mean_diameter_nm": float(drawn.truth["diameter_nm"].mean()) if len(drawn.truth) else None,
        "nm_per_px": drawn.nm_per_px,
    }


def _label_tiff(labels: Labels) -> bytes:
    """Return labels as a TIFF of 16 bits, of 32 if there are more than fit."""
    stream = BytesIO()
    depth = np.uint16 if labels.max(initial=0) <= np.iinfo(np.uint16).max else np.int32
    tifffile.imwrite(stream, labels.astype(depth), compression="zlib")
    return stream.getvalue()
