"""Slopes that nobody has to derive: automatic differentiation, next to PyTorch."""
