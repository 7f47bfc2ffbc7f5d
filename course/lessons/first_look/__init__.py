"""A network learns under your hands; then you change one thing at a time."""
