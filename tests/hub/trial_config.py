"""The hub of a trial: hub/jupyterhub_config.py with one password for all.

Each learner is another Unix user if the hub runs as root (a number without an account),
else all are the user who runs it.
"""

import os
from pathlib import Path

from jupyterhub.spawner import SimpleLocalProcessSpawner

c = get_config()  # noqa: F821, JupyterHub has it
HUB = Path(__file__).resolve().parents[2] / "hub"
load_subconfig(str(HUB / "jupyterhub_config.py"))  # noqa: F821

PORT, HUB_PORT, PROXY_PORT = os.environ["TRIAL_PORTS"].split()
OWN_USERS = os.environ["TRIAL_OWN_USERS"] == "yes"
Limited = c.JupyterHub.spawner_class


class TrialSpawner(Limited, SimpleLocalProcessSpawner):
    def make_preexec_fn(self, name):
        start, home, number = super().make_preexec_fn(name), self.home_dir, self.user.id

        def become_the_learner():
            start()  # makes the home, open for all to read
            if OWN_USERS:
                os.chown(home, 60000 + number, 60000 + number)
                os.setgroups([])
                os.setgid(60000 + number)
                os.setuid(60000 + number)

        return become_the_learner


c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{HUB_PORT}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PROXY_PORT}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.DummyAuthenticator.password = os.environ["TRIAL_PASSWORD"]
c.JupyterHub.spawner_class = TrialSpawner
c.SimpleLocalProcessSpawner.home_dir_template = str(
    Path("homes", "{username}").resolve()
)
c.Spawner.environment = {
    "COURSE": os.environ["COURSE"],
    "JUPYTER_CONFIG_PATH": str(HUB),
}
c.Spawner.args = ["--allow-root"]  # if root is who runs it, without users of their own
