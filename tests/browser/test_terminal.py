"""The terminal in which a learner has started the course, while they work."""

from tests import live

OURS = "Made my_course", "You are root", "Open this address", "Keep this window open"


def test_the_terminal_stays_quiet(browser, remember_sweeps):
    """Guards: our lines pushed out of sight by warnings of kernels, or by the headers of a
    page that Jupyter couldn't make, as from a workspace that another server is writing."""
    with live.lab(remember_sweeps, learner=True) as lab:
        others = lab.course.parent / "config" / "lab" / "workspaces"
        others.mkdir()
        (others / "default-37a8.jupyterlab-workspace").touch()
        notebook = live.Notebook(browser, lab, "00_first_look", folder="my_course")
        notebook.run_all()
        for name in ("02_initialization", "03_forward", "00_first_look"):
            notebook.turn_to(name, folder="my_course")
            notebook.run_all()
        assert notebook.page.locator(".Toastify__toast").count() == 0
        notebook.close()
        assert list(lab.course.glob("my_course/.course/workspaces/*-workspace"))
        said = (lab.course.parent / "log.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in said if not line.startswith(OURS)] == []
    assert said[-1].startswith(OURS[-1])
