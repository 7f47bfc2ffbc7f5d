"""Your own functions learn to read handwriting, and you find out where they can't."""
