#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <mariadb/errmsg.h>
#include <mariadb/mysqld_error.h>

#include "base/db_private.h"
#include "base/log.h"

#define CONNECT_TIMEOUT_S 5
#define IO_TIMEOUT_S	  60   /* longer than any page may take, nginx gives up first */
#define SCRIPT_TIMEOUT_S  3600 /* a migration may rebuild a big table */
#define RETRIES		  3

#define SESSION                                                                         \
	"SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE," \
	"NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "          \
	"innodb_lock_wait_timeout = 20, lock_wait_timeout = 20"

enum { SAFETY, SCHEMA };
static const struct query Q[] QUERIES = {
	[SAFETY] = { .sql = "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit, "
			    "@@GLOBAL.innodb_rollback_on_timeout, @@innodb_snapshot_isolation, "
			    "@@GLOBAL.log_bin, @@GLOBAL.sync_binlog, "
			    "FIND_IN_SET('STRICT_ALL_TABLES', @@sql_mode) > 0, "
			    "@@character_set_database = 'utf8mb4'",
	    .bounded = "one row" },
	[SCHEMA] = { .sql = "SELECT COALESCE(MAX(number), 0) FROM schema_version",
	    .bounded = "one row" },
};

/* ---- errors ---- */

bool
db_is_connection_error(unsigned error)
{
	switch (error) {
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_SERVER_LOST_EXTENDED:
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case CR_UNKNOWN_HOST:
	case ER_SERVER_SHUTDOWN:
	case ER_CONNECTION_KILLED:
	case ER_CON_COUNT_ERROR:
	case ER_NET_READ_ERROR:
	case ER_NET_READ_INTERRUPTED:
	case ER_NET_ERROR_ON_WRITE:
	case ER_NET_WRITE_INTERRUPTED:
		return true;
	default:
		return false;
	}
}

static bool
is_retryable(unsigned error)
{
	return error == ER_LOCK_DEADLOCK || error == ER_LOCK_WAIT_TIMEOUT ||
	       error == ER_CHECKREAD; /* the row changed since our snapshot */
}

static enum rc
meaning(unsigned error)
{
	static const struct {
		unsigned error;
		enum rc rc;
	} meanings[] = {
		{ ER_DUP_ENTRY, RC_CONFLICT },
		{ ER_ROW_IS_REFERENCED_2, RC_CONFLICT },
		{ ER_NO_REFERENCED_ROW_2, RC_CONFLICT },
		{ ER_ACCESS_DENIED_ERROR, RC_DENIED },
		{ ER_ACCOUNT_HAS_BEEN_LOCKED, RC_DENIED },
		{ ER_DBACCESS_DENIED_ERROR, RC_DENIED },
		{ ER_TABLEACCESS_DENIED_ERROR, RC_DENIED },
		{ ER_COLUMNACCESS_DENIED_ERROR, RC_DENIED },
		{ ER_SPECIFIC_ACCESS_DENIED_ERROR, RC_DENIED },
		{ ER_SIGNAL_EXCEPTION, RC_DENIED },
		{ ER_STATEMENT_TIMEOUT, RC_TIMEOUT },
		{ ER_RECORD_FILE_FULL, RC_UNAVAILABLE },
		{ ER_DISK_FULL, RC_UNAVAILABLE },
		{ ER_OPTION_PREVENTS_STATEMENT, RC_UNAVAILABLE },
	};

	if (db_is_connection_error(error) || is_retryable(error))
		return RC_UNAVAILABLE;
	for (size_t i = 0; i < COUNT(meanings); i++) {
		if (meanings[i].error == error)
			return meanings[i].rc;
	}
	return RC_BUG;
}

enum rc
db_failed(struct db *db, unsigned error, const char *message, const char *sql)
{
	enum rc rc = meaning(error);

	db->error = error;
	if (db->in_transaction && db->failure == RC_OK)
		db->failure = rc;
	if (db->in_transaction && (is_retryable(error) || db_is_connection_error(error)))
		db->is_aborted = true;
	if (error == ER_DUP_ENTRY)
		log_info("database", "%u %s in \"%s\"", error, message, sql);
	else if (is_retryable(error))
		log_warn("database", "%u %s in \"%s\"", error, message, sql);
	else
		log_error("database", "%u %s in \"%s\"", error, message, sql);
	if (db_is_connection_error(error))
		db->is_lost = true;
	return rc;
}

bool
db_retryable(const struct db *db)
{
	return is_retryable(db->error);
}

bool
db_is_duplicate(const struct db *db)
{
	return db->error == ER_DUP_ENTRY;
}

/* ---- connecting ---- */

/* First line of the account's file; an account without a file has no password. */
static void
read_password(const struct db *db, char *password, size_t size)
{
	char path[2 * CONF_TEXT_MAX];

	password[0] = '\0';
	(void)snprintf(path, sizeof(path), "%s/%s", db->conf->database_credentials, db->account);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return;
	if (fgets(password, (int)size, file) == NULL)
		password[0] = '\0';
	password[strcspn(password, "\r\n")] = '\0';
	(void)fclose(file);
}

static void
set_options(const struct db *db, MYSQL *mysql)
{
	unsigned connect_s = CONNECT_TIMEOUT_S, local_infile = 0;
	unsigned io_s = db->is_checked ? IO_TIMEOUT_S : SCRIPT_TIMEOUT_S;
	my_bool yes = 1, no = 0;

	(void)mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	(void)mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &io_s);
	(void)mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &io_s);
	(void)mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &local_infile);
	(void)mysql_options(mysql, MYSQL_OPT_RECONNECT, &no);
	(void)mysql_options(mysql, MYSQL_REPORT_DATA_TRUNCATION, &yes);
	(void)mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	(void)mysql_options(mysql, MYSQL_INIT_COMMAND, SESSION);
	if (db->conf->database_socket[0] == '\0') {
		unsigned tcp = MYSQL_PROTOCOL_TCP;
		(void)mysql_options(mysql, MYSQL_OPT_PROTOCOL, &tcp);
		(void)mysql_ssl_set(mysql, NULL, NULL, db->conf->database_ca, NULL, NULL);
		(void)mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
		(void)mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
	}
}

static void
disconnect(struct db *db)
{
	statements_drop(db);
	if (db->mysql != NULL)
		mysql_close(db->mysql);
	db->mysql = NULL;
	db->is_lost = false;
}

/* When this process last said that the server is away; 0: it is there. */
static _Atomic int64_t reported_at;

/* True once a minute, whichever of the process's connections asks. */
static bool
is_report_due(void)
{
	int64_t now = clock_mono(), before = reported_at;

	return (before == 0 || now - before >= CLOCK_MINUTE) &&
	       atomic_compare_exchange_strong(&reported_at, &before, now);
}

static enum rc
connect_server(struct db *db)
{
	const struct conf *conf = db->conf;
	bool is_local = conf->database_socket[0] != '\0';
	char password[256];

	if (!is_local && conf->database_ca[0] == '\0') {
		log_error("database", "database.ca is needed to trust the server at %s",
		    conf->database_host);
		return RC_CONFLICT;
	}
	db->mysql = mysql_init(NULL);
	if (db->mysql == NULL)
		log_fatal("memory", "no room for a connection");
	set_options(db, db->mysql);
	read_password(db, password, sizeof(password));
	MYSQL *done = mysql_real_connect(db->mysql, is_local ? NULL : conf->database_host,
	    db->account, password, conf->database_name, (unsigned)conf->database_port,
	    is_local ? conf->database_socket : NULL, CLIENT_FOUND_ROWS);
	explicit_bzero(password, sizeof(password));
	if (done != NULL)
		return RC_OK;
	db->error = mysql_errno(db->mysql);
	if (is_report_due())
		log_error("database", "%s cannot connect to %s: %u %s", db->account,
		    is_local ? conf->database_socket : conf->database_host, db->error,
		    mysql_error(db->mysql));
	enum rc rc = meaning(db->error);
	return rc == RC_DENIED ? RC_DENIED : RC_UNAVAILABLE;
}

/* ---- checks ---- */

/* The columns of SAFETY in their order. */
static const struct {
	const char *name;
	int64_t wanted;
	bool is_binlog_only;
} safety[] = {
	{ "innodb_flush_log_at_trx_commit", 1, false },
	{ "innodb_rollback_on_timeout", 1, false },
	{ "innodb_snapshot_isolation", 1, false },
	{ NULL, 0, false }, /* log_bin itself may be either */
	{ "sync_binlog", 1, true },
	{ "strict sql_mode", 1, false },
	{ "character set utf8mb4 of the database", 1, false },
};
#define LOG_BIN 3

static enum rc
check_safety(struct db *db)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[SAFETY], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	for (size_t i = 0; rc == RC_OK && i < COUNT(safety); i++) {
		if (safety[i].name == NULL ||
		    (safety[i].is_binlog_only && rows_int(rows, LOG_BIN) == 0))
			continue;
		if (rows_int(rows, i) != safety[i].wanted) {
			log_error("database", "unsafe: %s is %s, it must be %d", safety[i].name,
			    rows_text(rows, i), (int)safety[i].wanted);
			rc = RC_CONFLICT;
		}
	}
	rows_end(rows);
	return rc;
}

static enum rc
check_schema(struct db *db)
{
	int64_t number = 0;
	enum rc rc = db_int(db, &Q[SCHEMA], NO_ARGS, &number);

	if (rc != RC_OK && db->error != ER_NO_SUCH_TABLE)
		return rc;
	if (number == DB_SCHEMA)
		return RC_OK;
	log_error("database", "its schema has number %d, this program needs %d: %s", (int)number,
	    DB_SCHEMA,
	    number < DB_SCHEMA ? "run voltillctl migrate" : "install the newer programs");
	return RC_CONFLICT;
}

static enum rc
open_connection(struct db *db)
{
	enum rc rc = connect_server(db);

	db->is_opening = true;
	if (rc == RC_OK && db->is_checked)
		rc = check_safety(db);
	if (rc == RC_OK && db->is_checked)
		rc = check_schema(db);
	db->is_opening = false;
	if (rc != RC_OK) {
		disconnect(db);
		return rc;
	}
	if (atomic_exchange(&reported_at, 0) != 0)
		log_info("database", "%s is connected again", db->account);
	return RC_OK;
}

enum rc
db_ready(struct db *db)
{
	if (db->is_opening)
		return db->is_lost ? RC_UNAVAILABLE : RC_OK;
	if (db->stream != NULL) {
		log_error("database", "a statement while the rows of \"%s\" are still being read",
		    db->stream->statement->query->sql);
		return RC_BUG;
	}
	/* The server has rolled back, or the connection with its transaction is gone: a further
	 * statement would stand alone and be committed at once. */
	if (db->in_transaction && (db->is_aborted || db->is_lost))
		return RC_UNAVAILABLE;
	if (db->mysql != NULL && !db->is_lost)
		return RC_OK;
	disconnect(db);
	return open_connection(db);
}

static void
start_library(void)
{
	if (mysql_library_init(0, NULL, NULL) != 0)
		log_fatal("database", "the client library does not start");
}

static enum rc
open_account(const struct conf *conf, const char *account, bool is_checked, struct db **result)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct db *db = grow(NULL, 1, sizeof(*db));

	(void)pthread_once(&once, start_library);
	*db = (struct db){ .conf = conf, .is_checked = is_checked };
	(void)snprintf(db->account, sizeof(db->account), "%s", account);
	enum rc rc = open_connection(db);
	if (rc == RC_OK)
		*result = db;
	else
		db_close(db);
	return rc;
}

enum rc
db_open(const struct conf *conf, const char *account, struct db **db)
{
	return open_account(conf, account, true, db);
}

enum rc
db_open_unchecked(const struct conf *conf, const char *account, struct db **db)
{
	return open_account(conf, account, false, db);
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	disconnect(db);
	free(db->scratch.times);
	free(db->scratch.pointers);
	free(db->scratch.lengths);
	free(db->scratch.indicators);
	free(db);
}

/* ---- transactions ---- */

enum rc
db_run(struct db *db, const char *sql)
{
	if (mysql_real_query(db->mysql, sql, strlen(sql)) != 0)
		return db_failed(db, mysql_errno(db->mysql), mysql_error(db->mysql), sql);
	db->error = 0;
	return RC_OK;
}

enum rc
db_begin(struct db *db)
{
	assert(!db->in_transaction);
	enum rc rc = db_ready(db);

	if (rc != RC_OK)
		return rc;
	rc = db_run(db, "START TRANSACTION");
	if (rc != RC_OK && db->is_lost) {
		/* The server went away while we were idle; nothing has happened yet. */
		rc = db_ready(db);
		if (rc == RC_OK)
			rc = db_run(db, "START TRANSACTION");
	}
	db->in_transaction = rc == RC_OK;
	db->is_aborted = false;
	db->failure = RC_OK;
	return rc;
}

static enum rc
commit(struct db *db)
{
	enum rc rc = db_run(db, "COMMIT");

	if (rc == RC_OK || !db->is_lost)
		return rc;
	log_error("database", "whether the last COMMIT happened is not known");
	return RC_UNAVAILABLE;
}

enum rc
db_end(struct db *db, enum rc rc)
{
	assert(db->in_transaction && db->stream == NULL);
	if (rc == RC_OK)
		rc = db->failure;
	if (rc == RC_OK && db->is_lost)
		rc = RC_UNAVAILABLE;
	if (rc == RC_OK)
		rc = commit(db);
	if (rc != RC_OK && !db->is_lost && db->mysql != NULL)
		db->is_lost = mysql_rollback(db->mysql) != 0;
	db->in_transaction = false;
	db->is_aborted = false;
	db->failure = RC_OK;
	return rc;
}

/* Gives the other transaction time to end; two that wait equally long would meet again. */
static void
pause_before_retry(int attempt)
{
	struct timespec pause = { 0, (clock_mono_us() % 10 + 1) * attempt * 2000000L };

	(void)nanosleep(&pause, NULL);
}

enum rc
db_transact(struct db *db, enum rc (*work)(struct db *, void *), void *context)
{
	enum rc rc = RC_UNAVAILABLE;

	for (int attempt = 1; attempt <= RETRIES; attempt++) {
		rc = db_begin(db);
		if (rc != RC_OK)
			return rc;
		rc = db_end(db, work(db, context));
		if (rc == RC_OK || !db_retryable(db))
			return rc;
		pause_before_retry(attempt);
	}
	return rc;
}

enum rc
db_ping(struct db *db)
{
	enum rc rc = db_ready(db);

	if (rc == RC_OK && mysql_ping(db->mysql) != 0) {
		db->is_lost = true;
		rc = db_ready(db);
	}
	return rc;
}
