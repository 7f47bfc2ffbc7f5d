"""Why zeros never learn, and how to draw the first weights."""
