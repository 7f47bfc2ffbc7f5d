"""Settings for decks of slides: 1280 x 720 pixels, in the style of this folder.

jupyter nbconvert --to slides --config notebooks/deck/settings.py NOTEBOOK
"""

from pathlib import Path

c = get_config()  # noqa: F821, nbconvert gives it to this file

c.SlidesExporter.extra_template_basedirs = [str(Path(__file__).resolve().parent.parent)]
c.SlidesExporter.template_name = "deck"
c.SlidesExporter.reveal_width = "1280"
c.SlidesExporter.reveal_height = "720"
c.SlidesExporter.reveal_theme = "white"  # asks for no fonts of other sites
c.SlidesExporter.reveal_transition = "none"
c.SlidesExporter.reveal_number = "c/t"
c.SlidesExporter.exclude_input_prompt = True
c.SlidesExporter.exclude_output_prompt = True
