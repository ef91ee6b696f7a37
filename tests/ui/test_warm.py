import gc

from nanotem.ui.kit import warm


def test_what_is_loaded_is_not_searched_for_garbage_after_every_run() -> None:
    before = gc.get_freeze_count()
    try:
        warm._analyse_one()
        assert gc.get_freeze_count() > before + 10_000
    finally:
        gc.unfreeze()
