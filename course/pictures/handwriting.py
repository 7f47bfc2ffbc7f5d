"""Handwritten digits of 8x8 pixels, and what a network says about them."""

from functools import partial

import numpy as np
from matplotlib.patches import Rectangle

from course import checks
from course.pictures import axes
from course.pictures.style import NEUTRAL, POSITIVE, STYLE, Picture
from course.words import counted, percent

SIDE, CLASSES = 8, 10
GAP, TITLE = 1.5, 1.8  # between images, and the height of a title, in their pixels
LARGE = STYLE["font.size"]


def digits(X, titles=None, columns=10) -> Picture:
    """Images (n, 64) in a grid, each below its title, such as its label."""
    images = _images("X", X)
    titles = _titles(titles, len(images))
    columns = checks.whole("columns", columns, least=1, most=12)
    told = [": " + "; ".join(titles[:40])] * any(titles)
    told += ["; and so on"] * (len(titles) > 40)
    words = f"{counted(len(images), 'image')} of 8x8 pixels, dark ink on white"
    alt = f"{words}{''.join(told)}."
    columns, look = min(columns, len(images)), _ink(images)  # fewer images are larger
    wide, top = SIDE + GAP, TITLE * any(titles)
    high, rows = SIDE + GAP / 2 + top, -(-len(images) // columns)

    def draw(ax):
        for i, (title, image) in enumerate(zip(titles, images)):
            x, y = wide * (i % columns), high * (i // columns)
            _write(ax, x + SIDE / 2, y - TITLE / 2, title)
            _draw_image(ax, image, x, y, look)
        ax.set(xlim=(-GAP, wide * columns), ylim=(high * rows - top, -top - 0.2))
        _clear(ax)

    inch = min(2, 12.4 / columns) / wide
    width = max(inch * wide * columns, 2)
    return Picture(draw, alt, (width, inch * high * rows + 0.2))


def certainties(X, P, titles=None) -> Picture:
    """Up to five images (n, 64), each above its ten probabilities P (n, 10) as bars."""
    images, P = _images("X", X), np.atleast_2d(checks.array("P", P))
    checks.whole("the number of images", len(images), least=1, most=5)
    if P.shape != (len(images), CLASSES):
        wanted = f"{(len(images), CLASSES)}, a row for each image"
        raise ValueError(f"P is {P.shape}, but must be {wanted}")
    if not ((P >= 0) & (P < 1 + 1e-9)).all():  # nor NaN
        raise ValueError("P must hold probabilities from 0 to 1, as from softmax")
    titles = _titles(titles, len(images))
    look = _ink(images)
    draws, parts = [], []
    for i, (title, image, p) in enumerate(zip(titles, images, P)):
        draws.append(partial(_draw_certainty, image=image, p=p, title=title, look=look))
        said = f"says {p.argmax()} with {percent(p.max())}"
        parts.append(f"{title or f'image {i}'}: {said}")
    alt = f"Images, each above ten bars of the network's certainty. {'; '.join(parts)}."
    return Picture(draws, alt, (max(2.48 * len(images), 3), 4))


def _draw_certainty(ax, image, p, title, look):
    """An image, and below it a bar for each digit; the largest bar has its number."""
    _draw_image(ax, image, 0.5, 0, look)
    foot, best = 14.5, int(p.argmax())
    tops = foot - 4 * p
    colors = [POSITIVE if k == best else "#9A9A9A" for k in range(CLASSES)]
    ax.bar(range(CLASSES), tops - foot, bottom=foot, color=colors)
    ax.plot([-0.5, CLASSES - 0.5], [foot, foot], color=NEUTRAL, linewidth=1)
    for k in range(CLASSES):
        _write(ax, k, foot + 0.8, k, bold=k == best)
    words = percent(p[best], "> ")
    half = 0.29 * len(words)  # about as wide: it stays inside
    x = np.clip(best, half - 0.5, CLASSES - 0.5 - half)
    _write(ax, x, tops[best] - 0.8, words, bold=True)
    ax.set(xlim=(-0.5, CLASSES - 0.5), ylim=(foot + 1.5, -0.3), aspect="equal")
    ax.set_title(title)
    ax.set_axis_off()


def confusion(counts) -> Picture:
    """How often each digit (row) was read as each (column): counts (10, 10)."""
    counts = checks.array("counts", counts)
    if counts.shape != (CLASSES, CLASSES) or not (counts >= 0).all():
        words = "(10, 10), a count for each digit (row) and what the network says"
        raise ValueError(f"counts is {counts.shape}, but must be {words}")
    mistakes = counts * (1 - np.eye(CLASSES))
    right = f"{np.trace(counts):.0f} of {counts.sum():.0f} are right"

    def draw(ax):
        edges = np.arange(CLASSES + 1) - 0.5
        look = {"cmap": "Oranges", "vmin": 0, "vmax": 2 * (mistakes.max() or 1)}
        shown = np.ma.masked_equal(mistakes, 0)
        ax.pcolormesh(edges, edges, shown, edgecolors="white", linewidth=2, **look)
        _frame(ax, -0.5, -0.5, CLASSES)
        for (i, j), count in np.ndenumerate(counts):
            color = ("black" if i != j else NEUTRAL) if count else "#BBBBBB"
            text = f"{count:.0f}" if count else "·"
            _write(ax, j, i, text, bold=i != j and count > 0, color=color)
        for k in range(CLASSES):
            _frame(ax, k - 0.5, k - 0.5, 1)
            _write(ax, k, CLASSES - 0.1, k)
            _write(ax, -0.9, k, k)
        ax.set(xlabel="what the network says", ylabel="what it is", title=right)
        ax.set(xlim=(-1.4, 9.6), ylim=(10.4, -0.6))
        _clear(ax)

    order, parts = np.argsort(-mistakes, axis=None, kind="stable"), []
    for place in order[: min(3, np.count_nonzero(mistakes))]:
        i, j = divmod(int(place), CLASSES)
        times = counted(round(mistakes[i, j]), "time")
        parts.append(f"{i} read as {j} ({times})")
    most = f"The most frequent mistakes: {', '.join(parts)}" if parts else "No mistake"
    alt = f"Counts of what each digit was read as: {right}. {most}."
    return Picture(draw, alt, (5.6, 5.4))


def _images(name, X):
    """Images (n, 64); a single one will do."""
    X = np.atleast_2d(checks.array(name, X))
    if X.ndim != 2 or X.shape[1] != SIDE**2 or not len(X):
        words = "(n, 64), the pixels of an image in each row"
        raise ValueError(f"{name} is {X.shape}, but must be {words}")
    if not np.isfinite(X).all():
        raise ValueError(f"{name} must hold finite numbers")
    return X


def _titles(titles, count):
    """A text for each image; numbers will do."""
    titles = [""] * count if titles is None else [*map(str, titles)]
    if len(titles) != count:
        words = f"{counted(len(titles), 'title')} for {counted(count, 'image')}"
        raise ValueError(f"titles: {words}, but each image needs one")
    return titles


def _ink(images):
    """The same black in all images: full ink is 1, or the most in any of them."""
    return {"cmap": "Greys", "vmin": 0, "vmax": max(1, images.max())}


def _draw_image(ax, image, x, y, look):
    """An image with its upper left corner at (x, y)."""
    across, down = np.arange(SIDE + 1) + x, np.arange(SIDE + 1) + y
    pixels = image.reshape(SIDE, SIDE)
    ax.pcolormesh(across, down, pixels, edgecolors="#DDDDDD", linewidth=0.5, **look)
    _frame(ax, x, y, SIDE)


def _frame(ax, x, y, side):
    look = {"fill": False, "edgecolor": NEUTRAL, "linewidth": 1}
    ax.add_patch(Rectangle((x, y), side, side, **look))


def _write(ax, x, y, text, bold=False, **look):
    look = {"fontsize": LARGE, "fontweight": "bold" if bold else "normal", **look}
    axes.write(ax, x, y, str(text), **look)


def _clear(ax):
    """Square pixels, and nothing of the axes except their labels."""
    ax.set(xticks=[], yticks=[], aspect="equal")
    ax.set_frame_on(False)
