"""Start of the app: page configuration and navigation, nothing else."""

import streamlit as st

from nanotem.ui.kit.frame import ICON, PAGES
from nanotem.ui.kit.keeping import kept_work
from nanotem.ui.kit.warm import warm_up

st.set_page_config(page_icon=str(ICON), layout="wide")
st.session_state["framed"] = True
warm_up()
with kept_work():
    st.navigation([st.Page(page.path, title=page.title, icon=page.icon) for page in PAGES], position="top").run()
