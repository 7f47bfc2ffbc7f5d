"""Notebook 4, backpropagation."""
