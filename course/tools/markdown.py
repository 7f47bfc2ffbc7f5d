"""The links of a text in Markdown that lead to files of the course, or in the text."""

import re

# No picture, and nothing out of the course.
LINK = re.compile(r"(?<!!)\[([^]]*)\]\((?!https?:)([^)#]*)(#[^)]*|)\)")


def with_links(text, lead) -> str:
    """A text whose links go where ``lead(file, anchor)`` says; without it, words alone."""

    def led(found):
        label, *place = found.groups()
        return f"[{label}]({address})" if (address := lead(*place)) else label

    return LINK.sub(led, text)
