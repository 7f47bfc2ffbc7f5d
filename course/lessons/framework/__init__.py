"""Automatic differentiation as a toy, and the same network in PyTorch."""
