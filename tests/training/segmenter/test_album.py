import numpy as np
import pytest

from nanotem.training.segmenter.album import open_album, write_album
from nanotem.training.segmenter.example import Example, save_example


def example(rows: int, seed: int) -> Example:
    rng = np.random.default_rng(seed)
    return Example(
        rng.normal(0, 1, (rows, rows + 3)).astype(np.float16),
        rng.integers(0, 256, (rows, rows + 3, 3), dtype=np.uint8),
        10.0 + seed,
    )


@pytest.fixture
def paths(tmp_path):
    paths = [tmp_path / f"{seed}.npz" for seed in range(3)]
    for seed, path in enumerate(paths):
        save_example(path, example(20 + seed, seed))
    return paths


def test_examples_come_back_from_an_album(tmp_path, paths) -> None:
    write_album(tmp_path / "album", paths)
    album = open_album(tmp_path / "album")
    assert len(album) == 3
    for seed, found in enumerate(album):
        true = example(20 + seed, seed)
        assert np.array_equal(found.image, true.image)
        assert np.array_equal(found.maps, true.maps)
        assert found.diameter_px == true.diameter_px


def test_an_album_of_the_same_files_stays(tmp_path, paths) -> None:
    said: list[str] = []
    for some in (paths, paths, paths[:2]):
        write_album(tmp_path / "album", some, said.append)
    assert [text.split()[0] for text in said] == ["3", "2"]
    assert len(open_album(tmp_path / "album")) == 2


def test_an_album_may_be_empty(tmp_path) -> None:
    write_album(tmp_path / "album", [])
    assert len(open_album(tmp_path / "album")) == 0
