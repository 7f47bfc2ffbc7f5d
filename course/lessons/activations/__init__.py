"""Notebook 1, activations."""
