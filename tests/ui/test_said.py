from streamlit.testing.v1 import AppTest


def _page(*, fails: bool) -> None:
    import streamlit as st

    from nanotem.ui.kit.said import said

    place = st.empty()
    try:
        with said(place, "Reading…"):
            st.session_state["during"] = place is not None
            if fails:
                raise ValueError("torn")
    except ValueError as error:
        st.error(str(error))


def test_words_go_when_the_work_is_done_or_fails() -> None:
    for fails in (False, True):
        app = AppTest.from_function(_page, kwargs={"fails": fails}).run()
        assert app.session_state["during"]
        assert [error.value for error in app.error] == ["torn"] * fails
        assert not app.caption
