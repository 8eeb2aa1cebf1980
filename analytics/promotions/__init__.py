"""What promotions brought, honestly measured, and where the next million of their budget would earn most."""

from analytics.promotions.budget import Allocation, Evaluation, current_plan, evaluate, optimise, planned
from analytics.promotions.effects import PromotionEffects, forbid, summarise
from analytics.promotions.measure import measure
from analytics.promotions.response import ResponseCurves, fit_response

__all__ = [
    "Allocation", "Evaluation", "PromotionEffects", "ResponseCurves", "current_plan", "evaluate", "fit_response",
    "forbid", "measure", "optimise", "planned", "summarise",
]  # fmt: skip
