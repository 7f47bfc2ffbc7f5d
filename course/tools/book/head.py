"""What a page of the book loads, and what first: an extension of Sphinx.

The script of the playground comes first, so that nothing large is ahead of it on a slow
line. It is loaded only where a playground is, and MathJax only where formulas are.
"""

from course.tools.book.notebook_page import ALIVE

FIRST = """
<link rel="stylesheet" href="_static/playground.css">
<script type="module" async fetchpriority="high" src="_static/playground.js"></script>"""
LAST = 900  # after all that adds scripts


def setup(app):
    app.connect("html-page-context", dress, priority=LAST)


def dress(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    if ALIVE in body:
        context["metatags"] = FIRST + context["metatags"]
    if 'class="math' not in body:  # Sphinx also counts the pages of a table of contents
        path = app.config.mathjax_path
        context["script_files"] = [
            file for file in context["script_files"] if path not in str(file.filename)
        ]
