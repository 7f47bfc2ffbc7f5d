"""Notebook 7, the bug lab."""
