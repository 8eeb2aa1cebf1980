"""The six charts in plain Streamlit with plotly.express: queries cached, one choice of region."""

import streamlit as st
from figures import FRAMES, REGIONS, draw

st.set_page_config(layout="wide")


@st.cache_data
def frame(name: str, region: str):
    return FRAMES[name](region)


st.title("Sales")
region = st.selectbox("Region", REGIONS, format_func=lambda id: id or "All regions")
columns = [*st.columns(2), *st.columns(2), *st.columns(2)]
for column, name in zip(columns, FRAMES, strict=True):
    column.plotly_chart(draw(name, frame(name, region)), key=name)
