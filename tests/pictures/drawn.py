"""What stands on Axes, in words and numbers."""


def texts(ax):
    return [text.get_text() for text in ax.texts]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def points(ax, size=10):
    """The points of each marker."""
    lines = [line for line in ax.lines if line.get_markersize() == size]
    return {line.get_marker(): line.get_xydata().tolist() for line in lines}
