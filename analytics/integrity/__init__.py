"""Order in the channel: territory, prices, stock. Frames in, frames out."""
