"""How long money stays outside, what of it will come, and who pays late. Frames in, frames out."""
