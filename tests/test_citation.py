"""How to cite the course: CITATION.cff says what the other files say."""

import re
import tomllib

import yaml

from course.tools import ROOT


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_citation_agrees_with_the_other_files():
    """Guards: a version, a title or a licence that was changed in one place alone."""
    cited = yaml.safe_load(read("CITATION.cff"))
    licence = read("LICENSE")
    assert f"# {cited['title']}\n" == read("README.md").splitlines(keepends=True)[0]
    assert licence.startswith(f"{cited['license']} License\n")
    [owner] = re.findall(r"^Copyright \(c\) \d+ (.*)", licence, re.MULTILINE)
    assert cited["authors"] == [{"name": owner}]
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert cited["version"] == project["version"]
    name = cited["title"].partition(",")[0].lower().replace(" ", "-")
    assert name == project["name"]
