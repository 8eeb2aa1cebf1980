"""A deck as PowerPoint."""

from dashboard.export.powerpoint.slides import TemplateError, pptx

__all__ = ["TemplateError", "pptx"]
