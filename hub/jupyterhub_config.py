"""JupyterHub on one Linux server, without containers: see docs/hub.md.

The Littlest JupyterHub does the same with systemd, and limits all that a learner runs
together. Here each process of theirs has its limit.
"""

import math
import os
import resource
import sys

from jupyterhub.spawner import LocalProcessSpawner

c = get_config()  # noqa: F821, JupyterHub has it


class LimitedSpawner(LocalProcessSpawner):
    """Starts a learner's server with ``mem_limit`` and ``cpu_limit``.

    A cell that asks for more memory gets a MemoryError. ``cpu_limit`` is a number of
    cores; they are dealt out in turn.
    """

    def make_preexec_fn(self, name):
        become_the_learner = super().make_preexec_fn(name)
        memory, cores = self.mem_limit, sorted(os.sched_getaffinity(0))
        first, count = self.user.id, math.ceil(self.cpu_limit)
        mine = {cores[(first + n) % len(cores)] for n in range(count)}

        def limit():
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
            os.sched_setaffinity(0, mine)
            become_the_learner()

        return limit


# Behind a web server that speaks https, as Caddyfile beside this file sets one up, or with
# JupyterHub.ssl_key and ssl_cert.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
# Accounts of this machine, those of one group.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"learners"}

c.JupyterHub.spawner_class = LimitedSpawner
c.Spawner.mem_limit = "1.5G"
c.Spawner.cpu_limit = 1
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 120  # all of a class log in at once
# A restart of the hub ends nobody's kernel; those who log out end their own.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.shutdown_on_logout = True
