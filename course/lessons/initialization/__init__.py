"""Notebook 2, initialization."""
