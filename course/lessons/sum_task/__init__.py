"""Training on a + b: loss curves, learning rates, and runs that get stuck."""
