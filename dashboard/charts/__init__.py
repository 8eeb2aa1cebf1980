"""Charts: pure functions from a frame and a `Style` to a plotly figure."""
