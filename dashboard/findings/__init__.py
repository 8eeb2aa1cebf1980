"""What a card, a slide and an exported table say: title, subtitle, chart, table, all computed from an answer."""

from dashboard.findings.model import Column, Finding, titled

__all__ = ["Column", "Finding", "titled"]
