"""Notebook 3, the forward pass."""
