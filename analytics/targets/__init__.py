"""Targets over a hierarchy, fair rankings and tasks. Frames in, frames out."""
