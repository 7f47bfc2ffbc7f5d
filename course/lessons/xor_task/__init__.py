"""Decision surfaces, hidden layers, and what one wrong line costs over 1,000 seeds."""
