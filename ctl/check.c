/*
 * voltillctl check-sql and status.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "ctl.h"

enum { SCHEMA, COUNTS };
static const struct query Q[] QUERIES = {
	[SCHEMA] = { .sql = "SELECT COALESCE(MAX(number), 0) FROM schema_version",
	    .bounded = "one row" },
	[COUNTS] = { .sql = "SELECT VERSION() AS 'server', "
			    "(SELECT COUNT(*) FROM operator WHERE disabled_at IS NULL) AS "
			    "'operators', "
			    "(SELECT COUNT(*) FROM account WHERE closed_at IS NULL) AS 'accounts', "
			    "(SELECT COUNT(*) FROM bus WHERE disabled_at IS NULL) AS 'buses', "
			    "(SELECT COUNT(*) FROM meter WHERE removed_at IS NULL) AS 'meters', "
			    "(SELECT COUNT(*) FROM meter_link WHERE lost_since IS NOT NULL) "
			    "AS 'meters lost', "
			    "(SELECT COUNT(*) FROM alarm WHERE ended_at IS NULL) AS 'alarms', "
			    "(SELECT MIN(read_at) FROM meter_state) AS 'oldest value', "
			    "(SELECT MAX(read_at) FROM meter_state) AS 'newest value'",
	    .bounded = "one row" },
};

enum rc
ctl_check_sql(struct ctl *ctl, int argc, char **argv)
{
	(void)argv;
	if (argc != 1) {
		(void)fprintf(stderr, "usage: voltillctl check-sql\n");
		return RC_INVALID;
	}
	size_t failures = db_check_statements(ctl->db, false);
	(void)printf("%zu statements fail\n", failures);
	return failures == 0 ? RC_OK : RC_BUG;
}

static enum rc
print_counts(struct db *db)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[COUNTS], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	for (size_t i = 0; rc == RC_OK && i < rows_columns(rows); i++)
		(void)printf("%-13s %s\n", rows_name(rows, i),
		    rows_is_null(rows, i) ? "-" : rows_text(rows, i));
	rows_end(rows);
	return rc;
}

enum rc
ctl_status(struct ctl *ctl, int argc, char **argv)
{
	int64_t schema;

	(void)argv;
	if (argc != 1) {
		(void)fprintf(stderr, "usage: voltillctl status\n");
		return RC_INVALID;
	}
	enum rc rc = db_int(ctl->db, &Q[SCHEMA], NO_ARGS, &schema);
	if (rc != RC_OK)
		return rc;
	(void)printf("%-13s %s\n%-13s %" PRId64 " of %d\n", "voltill", VOLTILL_VERSION, "schema",
	    schema, DB_SCHEMA);
	if (schema != DB_SCHEMA)
		return RC_CONFLICT;
	rc = ctl_take_zone(ctl->db);
	return rc == RC_OK ? print_counts(ctl->db) : rc;
}
