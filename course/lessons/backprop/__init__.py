"""The chain rule with its shapes; a gradient check that finds a real bug."""
