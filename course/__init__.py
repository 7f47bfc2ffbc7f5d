"""All of the course that is not the network itself: pictures, panels, lessons, tools."""


def __getattr__(name):
    """Import `Lesson` when it is asked for: `course.fast` alone needs no widgets."""
    if name != "Lesson":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from course.lessons import Lesson

    return Lesson
