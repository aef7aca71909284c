"""Signal code: packets, frames and samples in, findings and series out. Pure functions on arrays."""
