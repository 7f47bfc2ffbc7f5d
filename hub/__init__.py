"""The course on a JupyterHub: what runs it, and a trial of it. See 'A hub' in README.md."""
