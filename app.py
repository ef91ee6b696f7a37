"""Start of the app: page configuration and navigation, nothing else."""

import streamlit as st

from nanotem.ui.kit.frame import ICON, PAGES

st.set_page_config(page_icon=str(ICON), layout="wide")
st.session_state["framed"] = True
st.navigation([st.Page(page.path, title=page.title, icon=page.icon) for page in PAGES], position="top").run()
