"""A network to play with: what its data, its units and its penalties do."""
