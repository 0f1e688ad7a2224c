"""The numerics behind the views: arrays (and a decode function) in, arrays out."""
