"""Making an image of one's own on the page Image."""

import pytest
from ui.visitor import SEGMENTATION, Visitor

from nanotem.synthetic.scene_params import SceneParams
from nanotem.synthetic.simulate import simulate


def draw(visitor: Visitor, **values) -> Visitor:
    for name, value in values.items():
        visitor.turn(f"simulate.{name.replace('__', '.')}", value)
    visitor.app.button(key="simulate.draw").click()
    return visitor.run()


def told(visitor: Visitor) -> list[str]:
    return [message.value for message in visitor.app.info if "drawn" in message.value]


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_a_drawn_image_is_opened_with_its_truth(visitor) -> None:
    draw(visitor, particles__n_particles=30, frame__side_px=320, frame__seed=5)
    params = SceneParams.of(n_particles=30, side_px=320, seed=5)
    truth = simulate(params).truth
    assert visitor.work.micrograph.name == "simulated-5.png"
    assert visitor.work.micrograph.shape == (320, 320)
    (message,) = told(visitor)
    assert message.startswith(f"{len(truth)} particles were drawn ({len(truth)} sphere), ")
    assert f"mean diameter {truth['diameter_nm'].mean():.1f} nm" in message
    assert visitor.visit(SEGMENTATION).metrics["Found"] == str(len(truth))


def test_its_scale_is_read_from_its_bar(visitor) -> None:
    draw(visitor, frame__nm_per_px=0.5)
    assert visitor.work.scale.nm_per_px == pytest.approx(0.5, rel=0.01)


def test_an_empty_image_is_told_as_such(visitor) -> None:
    draw(visitor, particles__n_particles=0)
    assert told(visitor) == ["No particles were drawn, at 0.25 nm per px."]


def test_another_image_has_no_truth_from_the_drawn_one(visitor) -> None:
    draw(visitor)
    assert told(visitor)
    assert not told(visitor.take_example("rods"))
