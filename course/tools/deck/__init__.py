"""Decks: what stands on the slides, and how it looks."""
