"""From inputs to a prediction, number by number; what hidden globals break."""
