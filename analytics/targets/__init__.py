"""Targets over a hierarchy, fair rankings, rank agreement, tasks and crossed limits. Frames in, frames out."""

from analytics.targets.decomposition import Level, Places, compared, direct, over_regions, refines
from analytics.targets.hysteresis import Limits, Step, walk
from analytics.targets.ranks import LEAST, Agreement, spearman
from analytics.targets.swing import usual_swing
from analytics.targets.tasks import WIDTH, task_band

__all__ = [
    "LEAST",
    "WIDTH",
    "Agreement",
    "Level",
    "Limits",
    "Places",
    "Step",
    "compared",
    "direct",
    "over_regions",
    "refines",
    "spearman",
    "task_band",
    "usual_swing",
    "walk",
]
