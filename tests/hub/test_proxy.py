"""The sample of a web server before the hub, as far as it can be held to the hub."""

import re
import shutil
import subprocess
from urllib.parse import urlsplit

import pytest

from course.tools import ROOT

CADDYFILE = ROOT / "hub" / "Caddyfile"


def test_it_leads_to_where_the_hub_listens():
    """Guards: one port, changed in one place only."""
    config = (ROOT / "hub" / "jupyterhub_config.py").read_text(encoding="utf-8")
    (url,) = re.findall(r'^c\.JupyterHub\.bind_url = "(.*)"', config, re.MULTILINE)
    sample = CADDYFILE.read_text(encoding="utf-8")
    assert re.findall(r"^\treverse_proxy (\S+)", sample, re.MULTILINE) == [
        urlsplit(url).netloc
    ]


@pytest.mark.skipif(
    shutil.which("caddy") is None,
    reason="Caddy's look at hub/Caddyfile did not run: there is no caddy on the PATH.",
)
def test_caddy_takes_it(tmp_path):
    """Guards: no word that Caddy doesn't know, and its own layout."""
    folders = {"HOME": tmp_path, "XDG_CONFIG_HOME": tmp_path, "XDG_DATA_HOME": tmp_path}

    def caddy(*arguments):
        command = [shutil.which("caddy"), *arguments]
        done = subprocess.run(
            command, env=folders, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    caddy("validate", "--adapter", "caddyfile", "--config", CADDYFILE)
    assert caddy("fmt", CADDYFILE) == CADDYFILE.read_text(encoding="utf-8")
