#!/bin/sh
# assets.sh PREFIX FILE... - one line of HDF for each file: Asset.<Name> = <PREFIX><file>?v=<digest>.
#
# app.css becomes AppCss, bootstrap.min.css BootstrapMinCss. Addresses carry the first eight digits
# of the SHA-256, so a file never changes under its address and browsers keep it for ever.
set -eu
prefix=$1
shift
for file; do
	digest=$(sha256sum "$file" | cut -c1-8)
	name=$(basename "$file" | awk -F '[^A-Za-z0-9]+' '{
		for (i = 1; i <= NF; i++)
			printf "%s%s", toupper(substr($i, 1, 1)), substr($i, 2)
	}')
	printf 'Asset.%s = %s%s?v=%s\n' "$name" "$prefix" "$(basename "$file")" "$digest"
done
