#!/bin/sh
# sprite.sh LIST FOLDER - the icons of LIST as one SVG sprite on standard output.
#
# Each line of LIST is a file name in FOLDER without .svg, and further ids under which the same
# drawing is found. An unknown name is an error, so that no page shows an empty box.
set -eu
list=$1
folder=$2

symbol() {
	printf '<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ' "$1"
	printf 'stroke-linecap="round" stroke-linejoin="round">%s</symbol>\n' "$2"
}

printf '<svg xmlns="http://www.w3.org/2000/svg">\n'
sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$list" | while read -r name others; do
	file=$folder/$name.svg
	[ -f "$file" ] || { echo "sprite.sh: no icon named $name" >&2; exit 1; }
	drawing=$(tr '\n' ' ' <"$file" | sed -e 's/<!--.*-->//' -e 's/<svg[^>]*>//' -e 's,</svg>,,' \
	    -e 's,<path stroke="none" d="M0 0h24v24H0z" fill="none" />,,' -e 's/> *</></g' \
	    -e 's/^ *//' -e 's/ *$//' -e 's, />,/>,g')
	symbol "$name" "$drawing"
	for other in $others; do
		symbol "$other" "$drawing"
	done
done
printf '</svg>\n'
