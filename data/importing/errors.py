"""The one exception that a user's file or mapping may cause."""

from __future__ import annotations


class ImportRefused(Exception):
    """Nothing was imported and nothing changed. The message is one line: file, place, what is wrong, what to do."""
