#!/bin/sh
# Days of a hub with accounts that only this process sees: sh tests/hub/days.sh FOLDER
# With a second argument it only tries whether that can be had.
set -eu
# Always in a mount namespace of its own, where /home is empty, and /etc a copy.
[ "${DAYS_ARE_APART-}" ] || DAYS_ARE_APART=yes exec unshare --mount sh "$0" "$@"
PATH=$PATH:/usr/sbin # as sudo has it
mount -t tmpfs none /home
cp -a /etc "$1/etc"
mount --bind "$1/etc" /etc
groupdel learners 2>/dev/null || true
[ $# = 1 ] || exit 0

groupadd learners
for name in ada emmy; do
    useradd -m -G learners $name
    su $name -c 'umask 077; echo "of $(id -un)" >~/work
        mkdir ~/neural_networks && touch ~/neural_networks/handin-a.zip'
done
mkdir "$1/course" && (cd "$1/course" && sudo() { "$@"; } && eval "$COLLECT")
(cd "$1/handins" && find . -type f | sort)
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
