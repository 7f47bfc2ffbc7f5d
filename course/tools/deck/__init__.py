"""Decks: what the slides show, and how it looks."""
