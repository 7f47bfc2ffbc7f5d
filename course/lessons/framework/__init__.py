"""Your own functions find slopes by themselves, as PyTorch does: automatic differentiation."""
