from io import BytesIO

import h5py
import numpy as np
import pytest

from nanotem.errors import UnreadableFileError
from nanotem.readers import read_micrograph
from nanotem.readers.hdf5_heap import check_heaps


@pytest.fixture
def file_with_texts(disk) -> bytes:
    stream = BytesIO()
    with h5py.File(stream, "w") as file:
        file["data"] = disk
        file["data"].attrs["scale_unit"] = np.array(["nm", "", "a longer text"] * 100, dtype=object)
    return stream.getvalue()


def test_a_sound_file_passes(file_with_texts, disk):
    assert file_with_texts.count(b"GCOL\x01") >= 1
    check_heaps(file_with_texts)
    np.testing.assert_array_equal(read_micrograph(file_with_texts, "sound.h5").pixels, disk)


def test_free_space_of_size_0_is_refused_rather_than_walked_for_ever(file_with_texts):
    first_object = file_with_texts.index(b"GCOL\x01") + 16
    damaged = file_with_texts[:first_object] + bytes(16) + file_with_texts[first_object + 16 :]
    with pytest.raises(UnreadableFileError, match=f"damaged at byte {first_object:,}"):
        read_micrograph(damaged, "damaged.h5")


def test_a_heap_that_is_cut_off_ends_the_check(file_with_texts):
    heap = file_with_texts.index(b"GCOL\x01")
    check_heaps(file_with_texts[: heap + 40])
