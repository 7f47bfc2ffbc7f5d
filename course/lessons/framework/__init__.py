"""Your own automatic differentiation, held against PyTorch; what a framework leaves to you."""
