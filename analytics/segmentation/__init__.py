"""Which dealers are alike, which are going quiet, and what they are worth. Frames in, frames out."""

from analytics.segmentation.bgnbd import BgNbd, fit_bgnbd
from analytics.segmentation.rfm import rfm

__all__ = ["BgNbd", "fit_bgnbd", "rfm"]
