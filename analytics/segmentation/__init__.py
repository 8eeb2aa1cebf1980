"""Which dealers are alike, how each stands, and who moves. Frames in, frames out."""
