"""The whole tables of the demo company, for brute force."""

from tests.data.conftest import table

__all__ = ["table"]
