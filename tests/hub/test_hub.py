"""Learners on a hub: what they leave, they find again; nobody sees another's; their work
reaches the teacher."""

import base64
import json
import re
import types

import pytest

from course.tools import ROOT, grade
from course.tools.grading import handins
from course.tools.save import WIDGET_VIEW
from tests.hub import trial
from tests.wait import PATIENCE

pytestmark = pytest.mark.timed

NEWS = "\n\nThis sentence is new."
PAGE = (ROOT / "docs" / "learning.md").read_text(encoding="utf-8")
# What a learner types on a hub, in the order of the page.
LINES = re.findall(r"`\.venv/bin/(python -m course[^`]*)`", PAGE)


@pytest.fixture(scope="module")
def day():
    """Two days of a class in one: all work and hand in, Ada logs out, the hub is restarted,
    the course has changed meanwhile, and all come back."""
    if missing := trial.missing():
        pytest.skip(f"The tests of the hub did not run: {missing}.")
    with trial.running() as hub:
        try:
            wrong = trial.STEP.replace(" - ", " + ")
            ada, emmy = (trial.Learner(hub, name) for name in ("ada", "emmy"))
            learners = [ada, emmy, trial.Learner(hub, "zoe", step=wrong)]
            first = trial.at_once(trial.enter, learners)
            left = trial.at_once(trial.run_notebook, learners)
            told = trial.at_once(type_the_lines, learners)
            with emmy.kernel(trial.NOTEBOOK) as kernel:
                kernel.run("mine = 'still here'")
            ada.log_out()
            hub.stop()
            news = tell_news(hub)
            hub.start()
            again = trial.at_once(trial.enter, learners)
        except Exception as error:
            error.add_note(hub.log()[-8000:])
            raise
        yield types.SimpleNamespace(**locals())


def type_the_lines(learner):
    return learner.shown(line.replace("Ada Lovelace", learner.name) for line in LINES)


def tell_news(hub):
    """Change a cell of the course; return its id."""
    path = hub.course / "notebooks" / "05_sum_task.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"].append(NEWS)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return notebook["cells"][0]["id"]


def test_nothing_is_lost_and_the_news_arrive(day):
    """Guards: work that is lost over logout, restart and update; saved widgets."""
    assert day.first == ["my_course/00_first_look.ipynb"] * 3
    assert day.again[0] == trial.NOTEBOOK
    left, *left_by_others = day.left
    assert trial.lost(day.ada, left | {day.news: left[day.news] + NEWS}) == []
    assert list(map(trial.lost, day.learners[1:], left_by_others)) == [[], []]
    saved = json.dumps(day.ada.load(trial.NOTEBOOK))
    assert "Asleep." in saved and WIDGET_VIEW not in saved


def test_their_work_reaches_the_teacher(day, tmp_path):
    """Guards: commands that fail where the course is only linked and read, by the lines of
    the page; a file that the browser can't download; a mark that isn't theirs."""
    solved = {"ada": ["my_step"], "emmy": ["my_step"], "zoe": []}
    for learner, told in zip(day.learners, day.told):
        count = len(solved[learner.name])
        assert f"{trial.NOTEBOOK} in it." in told  # JupyterLab, that runs already
        assert re.search(rf"5 sum_task +\d+ of \d+ +{count} of 2 ", told), told
        assert "kink: a point where" in told
        name = f"handin-{learner.name}.zip"
        (tmp_path / name).write_bytes(base64.b64decode(learner.load(name)))
    stem = trial.NOTEBOOK.partition("/")[2].removesuffix(".ipynb")
    files = [file for file in handins.collect(tmp_path) if stem in file.name]
    assert solved == {
        learner.name: [row.exercise for row in learner.rows if row.solved]
        for learner in grade.grade(files, only=[stem])
    }


def test_a_restarted_hub_ends_no_kernel(day):
    """Guards: who didn't log out goes on where they were; kernels that share a port."""
    with day.emmy.kernel(trial.NOTEBOOK) as kernel:
        assert kernel.run("print(mine)")[0]["text"] == "still here\n"
        where = "import ipykernel; ipykernel.get_connection_info(unpack=1)['ip']"
        assert "/jupyter-" in kernel.run(where)[0]["data"]["text/plain"]


def test_nobody_reaches_another_by_the_web(day):
    """Guards: neither cookies nor a token open another's server."""
    path = "/user/emmy/api/contents/my_course/record.json"
    day.ada.call("GET", "/hub/token")  # as a browser comes there
    token = day.ada.call("POST", "/hub/api/users/ada/tokens").json()["token"]
    as_ada = {"Authorization": f"token {token}"}
    own = day.hub.url + path.replace("emmy", "ada")
    own = trial.requests.get(own, headers=as_ada, timeout=PATIENCE)
    assert own.status_code == 200 and "answers" in own.text
    for session, headers in ((day.ada.session, {}), (trial.requests, as_ada)):
        reply = session.get(day.hub.url + path, headers=headers, timeout=PATIENCE)
        assert reply.status_code in (403, 404)
    for path in ("/hub/api/users/emmy", "api/contents/../../../emmy"):
        day.ada.call("GET", path, expected=[403, 404])


def test_cookies_are_secure_behind_the_sample_of_a_web_server(day):
    """Guards: by the header of hub/Caddyfile the hub knows that the browser came by https."""
    sample = (ROOT / "hub" / "Caddyfile").read_text(encoding="utf-8")
    header = dict(re.findall(r"header_up (\S+) (\S+)", sample))
    ada = trial.Learner(day.hub, "ada")
    ada.session.headers.update(header | {"X-Forwarded-Proto": "https"})
    ada.log_in()
    secure = {k.name: k.secure for k in ada.session.cookies}
    assert secure["jupyterhub-hub-login"] and secure["jupyterhub-session-id"]


def test_nobody_reaches_another_on_the_disk(day):
    """Guards: the folder is closed although the home around it is open to all."""
    if not day.hub.own_users:
        pytest.skip(
            "Files of others did not run: run the tests as root, by a Python that other "
            "users can run."
        )
    code = f"import os\nprint(os.listdir({str(day.hub.home('emmy'))!r}))"
    around, own = code.replace("/neural_networks", ""), code.replace("emmy", "ada")
    changes = [f"open('../{n}', 'a')" for n in ("mlp_core.py", "course/__init__.py")]
    with day.ada.kernel(trial.NOTEBOOK) as kernel:
        assert "neural_networks" in kernel.run(around)[0]["text"]
        assert "my_course" in kernel.run(own)[0]["text"]
        for refused in (code, *changes):
            assert kernel.run(refused)[0]["ename"] == "PermissionError"


def test_memory_and_processor_are_limited(day):
    """Guards: a cell that wants too much fails; the kernel and its neighbours go on."""
    with day.ada.kernel(trial.NOTEBOOK) as kernel:
        assert kernel.run("held = bytearray(2 * 1024**3)")[0]["ename"] == "MemoryError"
        cores = kernel.run("import os; print(len(os.sched_getaffinity(0)))")
        assert cores[0]["text"] == "1\n"
