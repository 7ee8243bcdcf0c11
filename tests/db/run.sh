#!/bin/sh
# Runs the database tests against a private MariaDB in a temporary folder:
#   tests/db/run.sh [BUILD]     BUILD/bin holds the programs; voltillctl and the tests are built here
# Bootstraps, migrates twice, checks the rights, runs the cmocka tests, and prepares every statement of every
# program under that program's own account.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
build=${1:-build}
tests=$(cd tests/db && ls test_*.c | sed 's/\.c$//')
make --no-print-directory -s BUILD="$build" "$build/bin/voltillctl" \
	$(for test in $tests; do echo "$build/unit/$test"; done)
build=$(cd "$build" && pwd)
dir=$(mktemp -d /tmp/voltill-db.XXXXXX)
chmod 711 "$dir"
failures=0

stop() {
	if pid=$(cat "$dir/pid" 2>/dev/null); then
		kill "$pid" 2>/dev/null || true
		while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
	fi
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM

as_root() { [ "$(id -u)" -ne 0 ] || echo --user=root; }

claim() { # claim TEXT COMMAND…
	text=$1
	shift
	if "$@" >"$dir/out" 2>&1; then
		echo "ok   $text"
	else
		echo "FAIL $text"
		sed 's/^/     /' "$dir/out" | head -${LINES_SHOWN:-20}
		failures=$((failures + 1))
	fi
}
refused() { ! "$@"; }
# refused_saying WORDS COMMAND…: fails, and says why
refused_saying() {
	words=$1
	shift
	! "$@" >"$dir/said" 2>&1 && cat "$dir/said" && grep -q "$words" "$dir/said"
}

mariadb-install-db --no-defaults $(as_root) --datadir="$dir/data" \
	--auth-root-authentication-method=normal --skip-test-db --innodb-log-file-size=16M \
	>"$dir/install.log" 2>&1
# One line, because the restart in test_db_loss runs it too.
start_command="/usr/sbin/mariadbd --no-defaults $(as_root) --datadir=$dir/data --socket=$dir/s.sock \
--pid-file=$dir/pid --log-error=$dir/err.log --skip-networking --innodb-log-file-size=16M \
--character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_520_ci \
--transaction-isolation=READ-COMMITTED --innodb-rollback-on-timeout=1 --innodb-snapshot-isolation=1 \
--local-infile=0 --sql-mode=STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
$start_command >/dev/null 2>&1 &
until mariadb-admin --no-defaults -uroot -S "$dir/s.sock" ping >/dev/null 2>&1; do
	kill -0 $! || { cat "$dir/err.log"; exit 1; }
	sleep 0.05
done

sql() { mariadb --no-defaults -uroot -S "$dir/s.sock" --batch --skip-column-names "$@"; }
mkdir "$dir/credentials"
cat >"$dir/voltill.conf" <<END
[database]
socket = $dir/s.sock
credentials = $dir/credentials
[ctl]
sql = $root/sql
END
ctl() { "$build/bin/voltillctl" --config "$dir/voltill.conf" "$@"; }

sql <"$root/sql/bootstrap.sql"
claim "voltillctl explains itself on one screen" sh -c "[ \$('$build/bin/voltillctl' --help | wc -l) -le 24 ]"
claim "status before migrate is refused" refused ctl status
claim "migrate brings an empty database to this schema" ctl migrate
sql voltill -e "CHECKSUM TABLE schema_version, operator, role, role_permission, setting, meter_model" >"$dir/before"
claim "migrate again changes nothing" sh -c "'$build/bin/voltillctl' --config '$dir/voltill.conf' migrate | grep -c . | grep -qx 1"
sql voltill -e "CHECKSUM TABLE schema_version, operator, role, role_permission, setting, meter_model" >"$dir/after"
claim "and leaves every row as it was" cmp "$dir/before" "$dir/after"
claim "table reading has a partition for this month" sh -c \
	"mariadb --no-defaults -uroot -S '$dir/s.sock' voltill -e 'SELECT name FROM v_partition' | grep -q p\$(date -u +%Y%m)"
claim "status counts" ctl status
claim "an unknown command is a wrong use" sh -c "'$build/bin/voltillctl' --config '$dir/voltill.conf' frobnicate; [ \$? -eq 2 ]"

# A file that was changed after it was applied.
cp -r "$root/sql" "$dir/sql"
echo "-- one more remark" >>"$dir/sql/0002_create_place.sql"
claim "a changed migration is refused by name" refused_saying 0002_create_place.sql \
	ctl --set "ctl.sql=$dir/sql" migrate
cp "$root"/sql/0002*.sql "$dir/sql/"
rm "$dir/sql/0003_create_account.sql"
claim "a missing migration is refused" refused_saying "number 3" ctl --set "ctl.sql=$dir/sql" migrate

# Accounts are shut until they get a password.
accounts="voltill_login voltill_accounts voltill_sales voltill_settings voltill_collector voltill_sealer voltill_nightly"
for account in $accounts; do
	claim "$account is locked at first" refused mariadb --no-defaults -u "$account" -S "$dir/s.sock" voltill -e "SELECT 1"
	head -c 18 /dev/urandom | base64 >"$dir/credentials/$account"
	claim "$account opens with a password" ctl db-password "$account" <"$dir/credentials/$account"
done
claim "a password may hold quotes and backslashes" sh -c \
	"printf \"it's \\\\\\\\ \\\"fine\\\"\" | '$build/bin/voltillctl' --config '$dir/voltill.conf' db-password voltill_login"
claim "and opens the account" mariadb --no-defaults -u voltill_login "-pit's \\ \"fine\"" -S "$dir/s.sock" voltill -e "SELECT 1"
claim "an empty password is refused" sh -c "! '$build/bin/voltillctl' --config '$dir/voltill.conf' db-password voltill_login </dev/null"
claim "an account of somebody else is refused" sh -c "! echo secret | '$build/bin/voltillctl' --config '$dir/voltill.conf' db-password root"
ctl db-password voltill_login <"$dir/credentials/voltill_login"

# What an account may not do.
sql voltill -e "INSERT INTO audit (at, actor, address, action, outcome) VALUES (UTC_TIMESTAMP(3), 'test', '', 'test.begin', 'done')"
as() { account=$1; shift; mariadb --no-defaults -u "$account" -p"$(cat "$dir/credentials/$account")" -S "$dir/s.sock" voltill -e "$*"; }
for account in $accounts; do
	for statement in "UPDATE audit SET actor = 'x'" "DELETE FROM audit" "TRUNCATE audit" "DROP TABLE audit" \
		"REPLACE INTO audit (audit_id, at, actor, address, action, outcome) VALUES (1, NOW(), '', '', '', 'done')" \
		"UPDATE operator SET role_id = 1" "INSERT INTO role_permission VALUES (1, 'x')" "DELETE FROM reading" \
		"UPDATE reading SET energy_wh = 0" "ALTER TABLE reading ADD x INT" "DROP TRIGGER audit_stays" \
		"SELECT 1 INTO OUTFILE '$dir/x'" "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE audit (actor)"; do
		# Only settings deals with people and roles.
		case "$account $statement" in
		"voltill_settings UPDATE operator"* | "voltill_settings INSERT INTO role_permission"*) continue ;;
		esac
		claim "$account may not: $statement" refused as "$account" "$statement"
	done
done
claim "voltill_accounts may not read password hashes" refused as voltill_accounts "SELECT password_hash FROM operator"
for account in voltill_accounts voltill_settings; do
	for column in password_hash totp_secret; do
		claim "$account may not read $column" refused as "$account" "SELECT $column FROM operator"
	done
	claim "$account may not read recovery codes" refused as "$account" "SELECT code_hash FROM operator_recovery"
done
claim "voltill_collector may not read sessions" refused as voltill_collector "SELECT * FROM session"
claim "voltill_collector may read meters" as voltill_collector "SELECT meter_id FROM meter LIMIT 1"
for account in voltill_login voltill_accounts; do
	claim "$account may write the audit" as "$account" \
		"INSERT INTO audit (at, actor, address, action, outcome) VALUES (UTC_TIMESTAMP(3), 'test', '', 'test.end', 'done')"
done
claim "even root's UPDATE of the audit meets the trigger" refused_saying "never changed" sql voltill -e "UPDATE audit SET actor = 'x'"
claim "even root's DELETE of the audit meets the trigger" refused_saying "never deleted" sql voltill -e "DELETE FROM audit"

# Every statement of every program, prepared with the program's own rights.
claim "statements of voltillctl prepare" ctl check-sql
for program in "$build"/bin/*.fcgi "$build"/bin/collector; do
	[ -x "$program" ] || continue
	claim "statements of $(basename "$program") prepare" "$program" --config "$dir/voltill.conf" --check-sql
done

# A power cut for the server in the middle of test_db_loss.
cat >"$dir/restart" <<END
#!/bin/sh
kill -9 \$(cat $dir/pid)
while kill -0 \$(cat $dir/pid) 2>/dev/null; do sleep 0.02; done
$start_command >/dev/null 2>&1 &
until mariadb-admin --no-defaults -uroot -S $dir/s.sock ping >/dev/null 2>&1; do sleep 0.05; done
END
chmod +x "$dir/restart"
for test in $tests; do
	claim "$test" env VOLTILL_TEST_CONF="$dir/voltill.conf" VOLTILL_TEST_RESTART="$dir/restart" \
		VOLTILL_TEST_SOCKET="$dir/s.sock" "$build/unit/$test"
	grep -E '\[ +(OK|FAILED) +\]' "$dir/out" | sed 's/^/     /' || true
done
[ "$failures" -eq 0 ] && echo "database tests passed" || { echo "$failures claims failed"; exit 1; }
