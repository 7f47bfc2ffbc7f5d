"""The course on a JupyterHub: what runs it, and a trial of it. See docs/hub.md."""
