"""Images of 8x8 beside their certainties: a stand-in, until the real one comes."""

import numpy as np

from course.pictures.style import POSITIVE, Picture


def certainties(X, P, titles=None) -> Picture:
    """A row of images, each beside its ten bars."""
    draws, words = [], []
    for i, (x, p) in enumerate(zip(X, P)):

        def image(ax, x=x, title=titles[i] if titles else ""):
            ax.imshow(np.reshape(x, (8, 8)), cmap="gray_r", vmin=0, vmax=1)
            ax.set_title(title)

        def bars(ax, p=p):
            ax.barh(range(10), p, color=POSITIVE)
            ax.set_yticks(range(10))
            ax.set_xlim(0, 1)
            ax.invert_yaxis()

        draws += [image, bars]
        words.append(f"It says {np.argmax(p)}, with {100 * np.max(p):.0f} %.")
    return Picture(draws, " ".join(words), (3.5 * len(draws), 3.5))
