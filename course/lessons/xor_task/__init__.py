"""Notebook 6, the XOR task."""
