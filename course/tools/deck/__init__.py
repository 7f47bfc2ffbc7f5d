"""Decks: what stands on the slides, how it looks, and whether it fits."""
