"""The book: what stands on its pages, and how Jupyter Book builds it."""
