"""Samples around a hub, held to what can be had without a cluster: Kubernetes' files, the
web server before the hub, the systemd unit."""

import configparser
import re
import shutil
import subprocess

import pytest
import yaml

from course.tools import ROOT
from tests import tables

HUB = ROOT / "hub"
CONFIG = (HUB / "jupyterhub_config.py").read_text(encoding="utf-8")
CHART = tables.beside(__file__, "chart.toml")


def settings(values, place=""):
    """Each setting of the file by its whole name."""
    for name, value in values.items():
        whole = place + name
        if isinstance(value, dict) and whole not in CHART:
            yield from settings(value, f"{whole}.")
        else:
            yield whole, value


def test_kubernetes_knows_each_setting_and_file():
    """Guards: names that the chart refuses, other limits, files that moved."""
    folder = HUB / "kubernetes"
    text = (folder / "config.yaml").read_text(encoding="utf-8")
    found = dict(settings(yaml.safe_load(text)))
    assert found.keys() == CHART.keys()
    for name, value in found.items():
        assert type(value).__name__ in CHART[name].split(), name
    limits = dict(re.findall(r"c\.Spawner\.(\w+)_limit = (.*)", CONFIG))
    assert limits["mem"].strip('"') == found["singleuser.memory.limit"]
    assert float(limits["cpu"]) == found["singleuser.cpu.limit"]
    text = (folder / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+)", text, re.MULTILINE)
    assert copied == ["requirements.txt", ".", "hub/jupyter_server_config.py"]
    assert all((ROOT / name).exists() for name in copied)


def test_the_web_server_and_the_unit_lead_to_the_hub_of_the_page():
    """Guards: one port or command, changed in one place only."""
    url = re.search(r'^c\.JupyterHub\.bind_url = "http://(.*)"', CONFIG, re.MULTILINE)
    sample = (HUB / "Caddyfile").read_text(encoding="utf-8")
    assert re.findall(r"^\treverse_proxy (\S+)", sample, re.MULTILINE) == [url[1]]
    unit = configparser.ConfigParser()
    unit.read(HUB / "jupyterhub.service", encoding="utf-8")
    start = unit["Service"]
    page = (ROOT / "docs" / "hub.md").read_text(encoding="utf-8")
    assert f"cd {start['WorkingDirectory']} && sudo {start['ExecStart']}" in page


@pytest.mark.skipif(
    shutil.which("caddy") is None,
    reason="Caddy's look at hub/Caddyfile did not run: there is no caddy on the PATH. "
    "Install it (Debian, Ubuntu: apt install caddy).",
)
def test_caddy_takes_it(tmp_path):
    """Guards: no word that Caddy doesn't know, and its own layout."""
    folders = dict.fromkeys(["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"], tmp_path)
    path = HUB / "Caddyfile"
    for arguments in (["validate", "--adapter", "caddyfile", "--config"], ["fmt"]):
        command = [shutil.which("caddy"), *arguments, path]
        told = subprocess.check_output(command, env=folders, text=True)
    assert told == path.read_text(encoding="utf-8")
