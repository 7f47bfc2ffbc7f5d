"""The course in a browser alone: a JupyterLite, whose kernel is Pyodide.

`build` makes a static site of the files that learners get. Python, NumPy and Matplotlib
come from Pyodide's network when a browser opens it; all else lies in the site. All
versions are in ``wheels.txt``. `check` (in `look`) runs the notebooks of a published site.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

from course.tools import CommandError, handout
from course.tools.lite.look import check

__all__ = ["build", "check"]

WHEELS = Path(__file__).with_name("wheels.txt")
# What lies on the site's drive. The course is a wheel: by the drive, which asks the site
# for each of its files, its first import takes ten times as long.
ON_DRIVE = ("notebooks/", "images/", "mlp_core.py", "docs/", "LICENSE")
COMMANDS = ("course/tools/", "course/__main__.py")  # nothing there could call them
# Loaded with the kernel. Later it would only load what a cell itself imports.
FROM_PYODIDE = ["matplotlib", "numpy", "pillow", "typing-extensions"]
FROM_HERE = ["anywidget", "comm", "ipywidgets", "psygnal"]
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
UP = "../../../../pypi/"  # from the kernel's script, by which Pyodide counts


def build(folder, pyodide=None):
    """Build the site in a new folder.

    With ``pyodide``, a folder that holds Pyodide, the site asks no other for anything,
    and packages that aren't in that folder aren't loaded.
    """
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        files = handout.contents("without")
        write_drive(files, work / "files")
        wheels = fetch(WHEELS, work / "wheels")
        (work / "pypi").mkdir()
        for wheel in [*filter(_is_python, wheels), pack(files, work / "wheels")]:
            shutil.copy(wheel, work / "pypi")
        if pyodide:
            shutil.copytree(pyodide, work / "static" / "pyodide")
        here = [f"{UP}{wheel.name}" for wheel in sorted((work / "pypi").iterdir())]
        write_settings(work, [*from_pyodide(pyodide), *here])
        extensions = [str(wheel) for wheel in wheels if _is_extension(wheel)]
        run(work, Path(folder).resolve(), extensions)


def fetch(requirements, folder) -> list[Path]:
    """Have pip download the wheels that a file of requirements names."""
    folder.mkdir()
    command = ["download", "--quiet", "--no-deps", "--dest", str(folder)]
    # Those for any machine: psygnal has others, too.
    command += ["--only-binary=:all:", "--platform=any", "--abi=none"]
    command += ["--implementation=py", "--python-version=3.14"]
    _call("pip", *command, "--requirement", str(requirements))
    return sorted(folder.glob("*.whl"))


def write_drive(files, folder):
    """Write what a learner opens and reads."""
    for name, data in files.items():
        if name.startswith(ON_DRIVE):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def pack(files, folder) -> Path:
    """Make a wheel of the package `course`; another course is another version of it.

    Beside it lie the notebooks, from which the lessons have their order.
    """
    package = {
        name: data
        for name, data in files.items()
        if name.startswith(("course/", "notebooks/")) and not name.startswith(COMMANDS)
    }
    version = f"0.{zlib.crc32(b''.join(package.values()))}"
    info = f"course-{version}.dist-info"
    tag = "py3-none-any"
    package[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: course\nVersion: {version}\n".encode()
    )
    package[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    )
    record = [f"{name},{_digest(data)},{len(data)}" for name, data in package.items()]
    package[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,\n"]).encode()
    path = folder / f"course-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in package.items():
            entry = zipfile.ZipInfo(name)  # with the same time whenever it is packed
            wheel.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return path


def from_pyodide(folder) -> list[str]:
    """The packages of Pyodide's that the course needs; of a folder, those it has."""
    if folder is None:
        return FROM_PYODIDE
    lock = json.loads((Path(folder) / "pyodide-lock.json").read_text("utf-8"))
    packages = lock["packages"]
    files = {name: packages[name]["file_name"] for name in FROM_PYODIDE}
    return [name for name, file in files.items() if (Path(folder) / file).exists()]


def write_settings(folder, packages):
    """Write how the page and its kernel start."""
    kernel = {
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": packages},
    }
    data = {
        "appName": "Neural networks from scratch",
        "exposeAppInBrowser": True,  # `look` finds it by that
        "litePluginSettings": {KERNEL: kernel},
    }
    page = {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}
    (folder / "jupyter-lite.json").write_text(json.dumps(page), encoding="utf-8")


def run(work, folder, extensions):
    """Run JupyterLite's own command: only with what is named here, nothing of this
    environment, which may have other extensions and other versions."""
    settings = {
        "apps": ["lab"],
        "federated_extensions": extensions,
        "ignore_sys_prefix": True,
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": str(folder),
    }
    path = work / "jupyter_lite_config.json"
    path.write_text(json.dumps({"LiteBuildConfig": settings}), encoding="utf-8")
    _call("jupyterlite_core", "build", folder=work)


def _call(module, *arguments, folder=None):
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",  # on Windows it may be written in another encoding
        check=False,
    )
    if done.returncode:
        told = (done.stderr or done.stdout).strip().splitlines()[-5:]
        need = "It needs the network, and: pip install -r requirements-site.txt"
        raise CommandError("\n".join([f"{module} failed:", *told, need]))


def _is_python(wheel) -> bool:
    return wheel.name.split("-")[0] in FROM_HERE


def _is_extension(wheel) -> bool:
    with zipfile.ZipFile(wheel) as file:
        return any("/share/jupyter/labextensions/" in name for name in file.namelist())


def _digest(data) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"sha256={digest.decode().rstrip('=')}"
