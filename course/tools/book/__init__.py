"""The book: what its pages show, and how Jupyter Book builds it."""
