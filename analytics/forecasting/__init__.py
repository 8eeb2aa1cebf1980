"""What the next months bring: forecasts with bands that cover as often as they say. Frames in, frames out."""
