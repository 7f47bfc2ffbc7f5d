"""Pictures for a deck: the same drawings on fewer inches, with more pixels an inch.

Pictures are planned in points, as their texts are: so they need no second style. A slide
shows 1200 x 580 pixels below its title.
"""

import base64
import os

SWITCH = {
    "COURSE_PICTURES": "slides"
}  # the environment in which `slides` runs notebooks
DPI = 158  # the smallest text, of 11 points, is 24 pixels high
PLACES = {  # what a slide has room for, in pixels
    "tall": (1200, 580),  # alone
    "low": (1200, 410),  # below some lines of text, or above
    "beside": (600, 580),  # in a column
}


def for_slides(places, draw) -> dict:
    """The metadata of the pictures that ``draw(width, height)`` makes, each in inches.

    There are none, and nothing is drawn, but for a deck.
    """
    if SWITCH.items() - os.environ.items():
        return {}
    pngs = {
        place: draw(*(pixels / DPI for pixels in PLACES[place])) for place in places
    }
    return {"slides": {k: base64.b64encode(v).decode() for k, v in pngs.items()}}
