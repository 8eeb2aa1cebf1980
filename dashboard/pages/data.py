"""Data: what is there, how fresh, and importing."""

import streamlit as st

from dashboard.components import header
from dashboard.i18n import _
