from threading import Barrier

import pytest

from nanotem.threads import side_by_side


def test_two_items_are_worked_on_at_once_and_come_back_in_order() -> None:
    both_here = Barrier(2, timeout=10)

    def work(item: int) -> int:
        both_here.wait()
        return -item

    assert side_by_side(work, [1, 2, 3, 4]) == [-1, -2, -3, -4]


def test_an_error_of_one_item_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda item: 1 / item, [1, 0, 2])
