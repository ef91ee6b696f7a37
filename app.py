"""Start of the app: page configuration and navigation, nothing else."""

import streamlit as st

from nanotem.ui.kit.frame import ICON, PAGES
from nanotem.ui.kit.keeping import kept_work
from nanotem.ui.kit.warm import warm_up

st.set_page_config(page_icon=str(ICON), layout="wide")
st.session_state["framed"] = True
warm_up()
with kept_work():
    # without icons: beside the sidebar, Streamlit would hide the last pages of a 1440 px window behind "2 more"
    st.navigation([st.Page(page.path, title=page.title) for page in PAGES], position="top").run()
