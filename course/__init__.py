"""All of the course that is not the network itself: pictures, panels, lessons, tools."""

from course.lessons import Lesson

__all__ = ["Lesson"]
