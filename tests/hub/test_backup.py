"""Backup and restore of a hub's learners, with accounts that only this test sees."""

import os
import subprocess

import pytest

from course.tools import ROOT

# In a mount namespace of its own: /home is empty, and /etc a copy.
APART = """
set -eu
PATH=$PATH:/usr/sbin # as sudo has it
mount -t tmpfs none /home
cp -aT /etc "$1/etc"
mount --bind "$1/etc" /etc
groupdel learners 2>/dev/null || true
"""
DAYS = """
groupadd learners
for name in ada emmy; do
    useradd -m -G learners $name
    su $name -c 'umask 077; echo "of $(id -un)" >~/work'
done
echo ada:secret | chpasswd
grep ^ada: /etc/shadow | cut -d: -f2 >"$1/password"
useradd -m teacher && echo private >/home/teacher/key
sh hub/backup.sh "$1"
for name in ada emmy teacher; do userdel -r $name 2>/dev/null; done
groupdel learners

useradd -m zoe # she has the number that ada had
sh hub/restore.sh "$1"/learners-*.tar.gz
ls /home
for name in ada emmy; do
    su $name -c 'cat ~/work'
    su zoe -c "cat /home/$name/work" 2>/dev/null || echo "not for zoe"
done
getent group learners | cut -d: -f4
grep ^ada: /etc/shadow | cut -d: -f2 | cmp - "$1/password" && echo "the same password"
stat -c %a "$1"/learners-*.tar.gz
"""


def test_what_was_kept_comes_back_to_whom_it_belongs(tmp_path):
    """Guards: work that is lost; another's home, unpacked to a learner's number."""

    def run(script):
        command = ["unshare", "--mount", "sh", "-c", APART + script, "sh", tmp_path]
        options = {"capture_output": True, "text": True, "cwd": ROOT}
        return subprocess.run(command, check=False, **options)

    if not hasattr(os, "geteuid") or os.geteuid() or run("").returncode:
        pytest.skip(
            "Backup and restore did not run: that takes Linux, root and mounts."
        )
    done = run(DAYS)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        *["ada", "emmy", "zoe"],
        *["of ada", "not for zoe", "of emmy", "not for zoe"],
        "ada,emmy",
        "the same password",
        "600",
    ]
