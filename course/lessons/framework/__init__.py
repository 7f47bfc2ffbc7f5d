"""Slopes that nobody derives: automatic differentiation, beside PyTorch."""
