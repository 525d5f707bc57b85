"""Acts that move nothing: each checks who may, does one thing, and writes one record."""
