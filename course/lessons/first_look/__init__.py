"""Notebook 0, a first look. It has questions, and no exercises."""
