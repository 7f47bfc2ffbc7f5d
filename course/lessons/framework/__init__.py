"""Automatic differentiation as a toy, and the digits network in a framework."""
