"""Planted bugs, to be named by what a gradient check shows of them."""
