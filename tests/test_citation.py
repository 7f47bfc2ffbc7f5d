"""How to cite the course: CITATION.cff says what the other files say."""

import re
import tomllib

import yaml

from course.tools import ROOT


def test_the_citation_agrees_with_the_other_files():
    """Guards: a version, a title or a licence that was changed in one place alone."""
    names = "CITATION.cff", "LICENSE", "README.md", "pyproject.toml"
    cited, licence, readme, project = (
        (ROOT / name).read_text("utf-8") for name in names
    )
    cited, project = yaml.safe_load(cited), tomllib.loads(project)["project"]
    assert readme.startswith(f"# {cited['title']}\n")
    assert licence.startswith(f"{cited['license']} License\n")
    [owner] = re.findall(r"^Copyright \(c\) \d+ (.*)", licence, re.MULTILINE)
    assert cited["authors"] == [{"name": owner}]
    name = cited["title"].partition(",")[0].lower().replace(" ", "-")
    assert (cited["version"], name) == (project["version"], project["name"])
