"""Controls come from the descriptions of the parameters, limits included."""

from dataclasses import fields

import pytest
from app_runner import AppTest

from nanotem.parameters import Parameters, knobs
from nanotem.preprocess.params import PreprocessParams
from nanotem.segmentation.params import SegmentParams
from nanotem.statistics.params import SizeParams

STEPS = [step.default_factory() for step in fields(PreprocessParams)] + [SegmentParams(), SizeParams()]


def controls(step: Parameters) -> AppTest:
    """Show the controls of one step; what comes back is in the session's state as "edited"."""

    def page(step):  # its source is run on its own, without the imports above
        import streamlit as st

        from nanotem.ui.kit.controls import edit_parameters
        from nanotem.ui.kit.state import Work

        st.session_state["edited"] = edit_parameters(step, Work(), key="step")

    app = AppTest.from_function(page, default_timeout=60, kwargs={"step": step}).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_untouched_controls_return_the_step(step) -> None:
    assert controls(step).session_state["edited"] == step


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_a_control_has_the_label_help_and_limits_of_its_parameter(step) -> None:
    app = controls(step)
    for name, knob in knobs(type(step)).items():
        if not step.is_used(name):
            continue
        control = app.get_by_key(f"step.{name}.0")
        assert (control.label, control.help) == (knob.label, knob.help)
        if knob.choices:
            assert control.options == list(knob.choices.values())
        elif not isinstance(control.value, bool):
            assert (control.min, control.max, control.step) == (knob.low, knob.high, knob.step)
            assert type(control.value) is type(getattr(step, name))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_both_limits_of_every_number_are_allowed(step) -> None:
    app = controls(step)
    for name, knob in knobs(type(step)).items():
        if knob.low is None or not step.is_used(name):
            continue
        for limit in (knob.low, knob.high):
            app.get_by_key(f"step.{name}.0").set_value(limit)
            assert not app.run().exception
            assert getattr(app.session_state["edited"], name) == limit


def test_a_recipe_that_is_loaded_shows_in_the_controls() -> None:
    def page() -> None:
        import streamlit as st

        from nanotem.recipe import Recipe
        from nanotem.segmentation.params import SegmentParams
        from nanotem.ui.kit.controls import edit_parameters
        from nanotem.ui.kit.state import current_work

        work = current_work()
        if st.button("Load", key="load"):
            work.use_recipe(Recipe(segment=SegmentParams.of(least_probability=0.5)))
        edit_parameters(work.recipe.segment.options, work, key="segment.options")

    app = AppTest.from_function(page, default_timeout=60).run()
    app.slider(key="segment.options.least_probability.0").set_value(0.9).run()
    app.button(key="load").click().run()
    assert app.slider(key="segment.options.least_probability.1").value == 0.5
