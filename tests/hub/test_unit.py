"""The sample of a systemd unit for the hub, as far as it can be held to its page."""

import configparser

from course.tools import ROOT


def test_it_starts_what_the_page_starts():
    """Guards: a hub that starts at boot otherwise than by hand."""
    unit = configparser.ConfigParser()
    unit.read(ROOT / "hub" / "jupyterhub.service", encoding="utf-8")
    folder, command = (
        unit["Service"][key] for key in ("WorkingDirectory", "ExecStart")
    )
    page = (ROOT / "docs" / "hub.md").read_text(encoding="utf-8")
    assert f"cd {folder} && sudo {command}" in page
