"""What changed between two periods, and how concentrated sales are. Frames in, frames out."""
