"""The files for Kubernetes, as far as they can be held to something without a cluster."""

import re

import yaml

from course.tools import ROOT

FOLDER = ROOT / "hub" / "kubernetes"
# What the chart takes: jupyterhub/values.schema.yaml of zero-to-jupyterhub-k8s at commit
# 02dd73df01bdbb6d602fed21b0be12565ab38080. It refuses other names.
CHART = {
    "hub.config": dict,  # JupyterHub's own settings
    "proxy.https.enabled": bool,
    "proxy.https.hosts": list,
    "proxy.https.letsencrypt.contactEmail": str,
    "singleuser.image.name": str,
    "singleuser.image.tag": str,
    "singleuser.memory.guarantee": (int, float, str),
    "singleuser.memory.limit": (int, float, str),
    "singleuser.cpu.guarantee": (int, float),
    "singleuser.cpu.limit": (int, float),
    "singleuser.storage.capacity": str,
    "cull.timeout": int,
}


def settings(values, place=""):
    """Each setting of the file by its whole name."""
    for name, value in values.items():
        whole = place + name
        if isinstance(value, dict) and whole not in CHART:
            yield from settings(value, f"{whole}.")
        else:
            yield whole, value


def test_the_chart_knows_each_setting():
    """Guards: no name that the chart would refuse, no value of another type."""
    text = (FOLDER / "config.yaml").read_text(encoding="utf-8")
    found = dict(settings(yaml.safe_load(text)))
    assert found.keys() == CHART.keys()
    wrong = [name for name in CHART if not isinstance(found[name], CHART[name])]
    assert wrong == []


def test_learners_have_the_same_limits_on_both_hubs():
    """Guards: one number, changed in one place only."""
    text = (FOLDER / "config.yaml").read_text(encoding="utf-8")
    values = yaml.safe_load(text)["singleuser"]
    config = (ROOT / "hub" / "jupyterhub_config.py").read_text(encoding="utf-8")
    limits = dict(re.findall(r"c\.Spawner\.(\w+)_limit = (.*)", config))
    assert limits["mem"].strip('"') == values["memory"]["limit"]
    assert float(limits["cpu"]) == values["cpu"]["limit"]


def test_the_image_copies_what_is_there():
    """Guards: a file that moved; docker would find out at the build only."""
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+)", text, re.MULTILINE)
    assert copied == ["requirements.txt", ".", "hub/jupyter_server_config.py"]
    assert all((ROOT / name).exists() for name in copied)
