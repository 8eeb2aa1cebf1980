"""Which dealers are alike, who slips away, what each is worth, and how it scores."""

from analytics.segmentation.clusters import Segmentation, segment

__all__ = ["Segmentation", "segment"]
