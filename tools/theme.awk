# theme.awk - makes a style sheet of Bootstrap follow the system as well.
#
# The server writes data-bs-theme="auto", "light" or "dark". Bootstrap knows only the last; every rule
# for it is repeated here for "auto" under the system's wish, so that no script has to choose and
# nothing flashes. Works on minified text, where a rule ends in "}" and a dark rule is not nested.
BEGIN {
	RS = "}"
	ORS = ""
}

NR > 1 {
	print rule "}"
	if (index(rule, "[data-bs-theme=dark]") > 0) {
		if (split(rule, parts, "{") != 2) {
			print "theme.awk: a dark rule is nested: " rule > "/dev/stderr"
			failed = 1
			exit 1
		}
		rules++
		gsub(/\[data-bs-theme=dark\]/, "[data-bs-theme=auto]", rule)
		print "@media (prefers-color-scheme:dark){" rule "}}"
	}
}

{
	rule = $0
}

END {
	if (!failed)
		print rule
	if (!failed && rules == 0) {
		print "theme.awk: no dark rule found" > "/dev/stderr"
		exit 1
	}
}
