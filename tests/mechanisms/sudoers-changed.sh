#!/bin/sh
# sudoers-changed: root without a password, in the packaged file
# (sudoers(5))
. "${0%/*}/lib.sh"
only "plain disguised" "sudo refuses a file of another owner"
append /etc/sudoers "$(named backup '%games') ALL=(ALL) NOPASSWD: ALL"
