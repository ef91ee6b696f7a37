import gc

from nanotem.ui.kit import warm


def test_what_is_loaded_is_not_searched_for_garbage_after_every_run() -> None:
    gc.unfreeze()
    warm._analyse_one()
    assert gc.get_freeze_count() > 10_000
    gc.unfreeze()
