"""Which dealers are alike, who slips away, what each is worth, and how it scores."""

from analytics.segmentation.bgnbd import BgNbd, fit_bgnbd
from analytics.segmentation.churn import churn
from analytics.segmentation.clusters import Segmentation, segment
from analytics.segmentation.rfm import rfm
from analytics.segmentation.value import expected_margin

__all__ = ["BgNbd", "Segmentation", "churn", "expected_margin", "fit_bgnbd", "rfm", "segment"]
