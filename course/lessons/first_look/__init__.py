"""Watch a network learn, then change one thing at a time."""
