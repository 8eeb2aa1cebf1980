"""The demo company: a drinks company that sells through dealers, deterministic by seed, with planted truths."""

from data.demo.build import COMPANY_NAME, COMPANY_NAME_EN, DemoRefused, build
from data.demo.truth import TRUTH_FILE
from data.demo.truth import read as read_truth

__all__ = ["COMPANY_NAME", "COMPANY_NAME_EN", "TRUTH_FILE", "DemoRefused", "build", "read_truth"]
