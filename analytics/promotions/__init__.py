"""What promotions brought, honestly measured, and where the next million of their budget would earn most."""

from analytics.promotions.effects import PromotionEffects, summarise
from analytics.promotions.measure import measure

__all__ = ["PromotionEffects", "measure", "summarise"]
