"""Notebook 5, the sum task."""
