"""Marking of words that people read.

`data` and `analytics` speak English and know nothing of languages; the dashboard translates. Words in them that reach
a reader (labels, meanings, notes) are marked here, so that they are collected into the catalogue of translations.
"""


def N_(message: str) -> str:
    """Return `message` unchanged; the mark makes it part of the catalogue, `dashboard.i18n._` translates it."""
    return message
