"""What promotions brought, honestly measured, and where the next million of their budget would earn most."""

from analytics.promotions.budget import Allocation, Evaluation, current_plan, evaluate, optimise, planned, spread
from analytics.promotions.effects import PromotionEffects, forbid, summarise
from analytics.promotions.measure import measure
from analytics.promotions.response import ResponseCurves, fit_response
from analytics.promotions.stored import a_year, from_frames, only, to_frames

__all__ = [
    "Allocation", "Evaluation", "PromotionEffects", "ResponseCurves", "a_year", "current_plan", "evaluate",
    "fit_response", "forbid", "from_frames", "measure", "only", "optimise", "planned", "spread", "summarise",
    "to_frames",
]  # fmt: skip
