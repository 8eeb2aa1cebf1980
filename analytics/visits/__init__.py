"""How the sales force spends its time, and what comes of it. Frames in, frames out."""
