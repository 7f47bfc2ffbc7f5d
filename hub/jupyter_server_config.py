"""What a learner's server does at its start, on every hub.

It makes the learner's copy of the course in their home, or brings it up to date, and
opens the notebook that they saved last. The course itself stays in one place, where they
can't write. Their folder holds links to it, because the notebooks find the course through
``..``.
"""

import os
import shlex
import sys
import tempfile
from pathlib import Path

COURSE = Path(os.environ.get("COURSE", "/opt/course"))
sys.path.insert(0, str(COURSE))

from course.tools import asleep, update

c = get_config()  # noqa: F821, Jupyter has it
home = Path.home() / "neural_networks"
copy = home / "my_course"
copy.mkdir(parents=True, exist_ok=True)
home.chmod(0o700)  # nobody else can look in
for path in COURSE.iterdir():
    link = home / path.name
    if link.is_symlink():
        link.unlink()  # the course may have moved
    if not path.name.startswith(".") and not link.exists():
        link.symlink_to(path)
for sentence in update.bring_up_to_date(copy):
    print(sentence)  # into the log

notebook = update.last_notebook(copy).relative_to(home).as_posix()
c.ServerApp.root_dir = str(home)
c.ServerApp.default_url = f"/lab/tree/{notebook}"
c.ServerApp.contents_manager_class = asleep.LearnersContents
c.ContentsManager.pre_save_hook = asleep.before_save
# Kernels that a whole class starts at once would now and then choose the same port, and die
# of it. So they get sockets: files, whose path may have 107 bytes.
c.KernelManager.transport = "ipc"
os.environ["JUPYTER_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="jupyter-")
# In a terminal, `python -m course` works at once. Jupyter would use a login shell here, which
# may set another PATH.
os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
shell = ["bash", "-c", f"cd {shlex.quote(str(home))} && exec bash"]
c.ServerApp.terminado_settings = {"shell_command": shell}
# Memory is scarce, so a kernel without a browser ends after an hour, and so does an idle
# terminal; then the server ends.
c.MappingKernelManager.cull_idle_timeout = 3600
c.TerminalManager.cull_inactive_timeout = 3600
c.ServerApp.shutdown_no_activity_timeout = 3600
