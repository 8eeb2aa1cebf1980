"""Which dealers are alike, which are going quiet, and what they are worth. Frames in, frames out."""

from analytics.segmentation.bgnbd import BgNbd, fit_bgnbd
from analytics.segmentation.churn import churn
from analytics.segmentation.rfm import rfm
from analytics.segmentation.value import expected_margin

__all__ = ["BgNbd", "churn", "expected_margin", "fit_bgnbd", "rfm"]
