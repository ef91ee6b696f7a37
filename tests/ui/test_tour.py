"""The tour: a card on every page of the journey."""

from ui.visitor import Visitor

from nanotem.ui.kit.tour import STOPS


def texts(visitor: Visitor) -> list[str]:
    return [text.value for text in visitor.app.markdown if text.value.startswith("**Tour")]


def test_the_tour_opens_an_example_and_leads_through_its_pages() -> None:
    visitor = Visitor()
    visitor.app.button(key="tour_begin").click()
    visitor.run()
    assert visitor.work.micrograph is not None
    for place, stop in enumerate(STOPS, start=1):
        (text,) = texts(visitor)
        assert text.startswith(f"**Tour, {place} of {len(STOPS)}.** {stop.text[:20]}")
        if place < len(STOPS):
            visitor.app.button(key="tour_next").click()
            visitor.run()
    assert "tour_next" not in {button.key for button in visitor.app.button}


def test_the_tour_ends_when_it_is_told_to() -> None:
    visitor = Visitor()
    visitor.app.button(key="tour_begin").click()
    visitor.run().app.button(key="tour_end").click()
    assert not texts(visitor.run())


def test_there_is_no_card_without_a_tour() -> None:
    assert not texts(Visitor().take_example("gold spheres"))
