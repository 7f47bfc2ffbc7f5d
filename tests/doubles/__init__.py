"""Twice as much, by a function of your own."""
