from dataclasses import replace

import numpy as np
from app_runner import AppTest
from ui.visitor import discs

from nanotem.micrograph import Micrograph, Scale
from nanotem.segmentation.params import SegmentParams
from nanotem.ui.kit.state import Work

IMAGE = Micrograph(discs(4, 6), "0" * 64, "discs.png", Scale(0.5, "typed"))


def opened(work: Work) -> AppTest:
    def page():  # its source is run on its own, without the imports above
        from nanotem.ui.export.report_sections import report_download
        from nanotem.ui.kit.analysis import analysis_at_hand
        from nanotem.ui.kit.state import current_work

        work = current_work()
        report_download(analysis_at_hand(work, work.micrograph))

    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["work"] = work
    app.run()
    assert not app.exception
    return app


def test_the_report_is_made_when_asked_for_and_the_paragraph_can_be_copied() -> None:
    app = opened(Work(IMAGE))
    assert not app.download_button
    app.button(key="make_report").click().run()
    assert not app.exception
    assert [button.key for button in app.download_button] == ["save_report"]
    assert "n = 24." in app.code[0].value
    _, page, methods = app.session_state["report"]
    assert methods == app.code[0].value
    assert "Particle sizes in discs.png" in page
    assert "not known: threshold" not in page


def test_a_report_of_other_parameters_is_not_offered() -> None:
    app = opened(Work(IMAGE))
    app.button(key="make_report").click().run()
    work = app.session_state["work"]
    work.recipe = replace(work.recipe, segment=SegmentParams.of("neck_ratio", neck_ratio=0.7))
    app.run()
    assert not app.download_button
    assert not app.code


def test_an_image_without_particles_has_a_report() -> None:
    blank = np.full((120, 120), 150, np.uint8)
    app = opened(Work(Micrograph(blank, "1" * 64, "blank.png")))
    app.button(key="make_report").click().run()
    assert not app.exception
    assert "n = 0." in app.code[0].value
