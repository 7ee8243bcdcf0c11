/*
 * voltillctl migrate: applies sql/NNNN_verb_noun.sql in their order, each once, and makes views,
 * triggers and grants anew. A file that was changed after it was applied is refused: what the
 * database holds would no longer be what the file says.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "ctl.h"
#include "partition.h"

#define FILES_MAX      999
#define FILE_BYTES_MAX (4 * 1024 * 1024)
#define CHECKSUM_TEXT  (2 * SECRET_DIGEST + 1)

static const char version_table[] = "CREATE TABLE IF NOT EXISTS schema_version (\n"
				    "  number     INT UNSIGNED NOT NULL,\n"
				    "  name       VARCHAR(100) NOT NULL,\n"
				    "  checksum   CHAR(64) CHARACTER SET ascii COLLATE ascii_bin "
				    "NOT NULL COMMENT 'SHA-256 of the file',\n"
				    "  applied_at DATETIME(3) NOT NULL,\n"
				    "  PRIMARY KEY (number)\n"
				    ") ENGINE=InnoDB COMMENT='migrations that were applied'";

enum { LOCK, NEWEST, FIND, RECORD };
static const struct query Q[] QUERIES = {
	[LOCK] = { .sql = "SELECT GET_LOCK('voltill_migrate', 30)", .bounded = "one row" },
	[NEWEST] = { .sql = "SELECT COALESCE(MAX(number), 0) FROM schema_version",
	    .bounded = "one row" },
	[FIND] = { .sql = "SELECT checksum FROM schema_version WHERE number = ? LIMIT 1" },
	[RECORD] = { .sql = "INSERT INTO schema_version (number, name, checksum, applied_at) "
			    "VALUES (?, ?, ?, ?)" },
};

struct migration {
	int number;
	const char *name, *path;
};

struct folder {
	struct arena *arena;
	const char *path;
	struct migration files[FILES_MAX];
	int count;
};

static int
compare_numbers(const void *a, const void *b)
{
	const struct migration *left = a, *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

/* The number of "0042_verb_noun.sql", 0 for any other name. */
static int
migration_number(const char *name)
{
	size_t length = strlen(name);

	if (length < 10 || strspn(name, "0123456789") != 4 || name[4] != '_' ||
	    strcmp(name + length - 4, ".sql") != 0)
		return 0;
	return (int)strtol(name, NULL, 10);
}

static enum rc
list_files(struct folder *folder)
{
	struct dirent *entry;
	DIR *dir = opendir(folder->path);

	if (dir == NULL) {
		log_error(folder->path, "cannot be read: %m");
		return RC_UNAVAILABLE;
	}
	while ((entry = readdir(dir)) != NULL && folder->count < FILES_MAX) {
		int number = migration_number(entry->d_name);
		if (number == 0)
			continue;
		folder->files[folder->count++] = (struct migration){
			.number = number,
			.name = arena_strdup(folder->arena, entry->d_name),
			.path = arena_printf(folder->arena, "%s/%s", folder->path, entry->d_name),
		};
	}
	(void)closedir(dir);
	qsort(folder->files, (size_t)folder->count, sizeof(folder->files[0]), compare_numbers);
	return RC_OK;
}

/* Numbers run from 1 without a gap to the schema this program was built for. */
static enum rc
check_files(const struct folder *folder)
{
	for (int i = 0; i < folder->count; i++) {
		if (folder->files[i].number != i + 1) {
			log_error(folder->path, "%s is there where number %d should be",
			    folder->files[i].name, i + 1);
			return RC_CONFLICT;
		}
	}
	if (folder->count == DB_SCHEMA)
		return RC_OK;
	log_error(folder->path, "holds %d migrations, this voltillctl belongs to %d", folder->count,
	    DB_SCHEMA);
	return RC_CONFLICT;
}

static enum rc
read_file(struct arena *arena, const char *path, const char **text, size_t *length)
{
	FILE *file = fopen(path, "re");
	struct stat info;

	if (file == NULL || fstat(fileno(file), &info) != 0 || info.st_size > FILE_BYTES_MAX) {
		log_error(path, "cannot be read: %s", file == NULL ? strerror(errno) : "too big");
		if (file != NULL)
			(void)fclose(file);
		return RC_UNAVAILABLE;
	}
	char *bytes = arena_alloc(arena, (size_t)info.st_size + 1);
	*length = fread(bytes, 1, (size_t)info.st_size, file);
	bool is_whole = *length == (size_t)info.st_size && !ferror(file);
	(void)fclose(file);
	*text = bytes;
	if (is_whole && text_is_utf8(bytes, *length))
		return RC_OK;
	log_error(path, is_whole ? "is not UTF-8" : "cannot be read whole");
	return RC_UNAVAILABLE;
}

static enum rc
apply_new(struct db *db, const struct migration *file, const char *sql, const char *checksum)
{
	enum rc rc = db_script(db, file->name, sql);

	if (rc != RC_OK)
		return rc;
	rc = db_exec(
	    db, &Q[RECORD], ARGS(I(file->number), S(file->name), S(checksum), T(clock_now())));
	if (rc == RC_OK)
		(void)printf("applied %s\n", file->name);
	return rc;
}

static enum rc
apply_file(struct db *db, struct arena *arena, const struct migration *file)
{
	unsigned char digest[SECRET_DIGEST];
	char checksum[CHECKSUM_TEXT];
	const char *sql, *recorded;
	size_t length;
	enum rc rc = read_file(arena, file->path, &sql, &length);

	if (rc != RC_OK)
		return rc;
	secret_digest(sql, length, digest);
	text_hex(digest, sizeof(digest), checksum);
	rc = db_text(db, &Q[FIND], ARGS(I(file->number)), arena, &recorded);
	if (rc == RC_NOT_FOUND)
		return apply_new(db, file, sql, checksum);
	if (rc != RC_OK || strcmp(recorded, checksum) == 0)
		return rc;
	log_error(
	    file->name, "was changed after it was applied; put it back and write a new migration");
	return RC_CONFLICT;
}

static enum rc
apply_files(struct db *db, const struct folder *folder)
{
	int64_t newest;
	enum rc rc = db_int(db, &Q[NEWEST], NO_ARGS, &newest);

	if (rc == RC_OK && newest > folder->count) {
		log_error(
		    "database", "its schema has number %d, newer than these files", (int)newest);
		return RC_CONFLICT;
	}
	for (int i = 0; i < folder->count && rc == RC_OK; i++)
		rc = apply_file(db, folder->arena, &folder->files[i]);
	return rc;
}

static enum rc
make_anew(struct db *db, const struct folder *folder)
{
	static const char *const files[] = { "views.sql", "triggers.sql", "grants.sql" };
	enum rc rc = RC_OK;

	for (size_t i = 0; i < COUNT(files) && rc == RC_OK; i++) {
		const char *sql;
		size_t length;
		rc = read_file(folder->arena,
		    arena_printf(folder->arena, "%s/%s", folder->path, files[i]), &sql, &length);
		if (rc == RC_OK)
			rc = db_script(db, files[i], sql);
	}
	return rc;
}

static enum rc
lock_database(struct db *db)
{
	int64_t is_locked = 0;
	enum rc rc = db_int(db, &Q[LOCK], NO_ARGS, &is_locked);

	if (rc != RC_OK || is_locked == 1)
		return rc;
	log_error("database", "another voltillctl migrate is at work");
	return RC_CONFLICT;
}

enum rc
ctl_migrate(struct ctl *ctl, int argc, char **argv)
{
	struct folder folder = { .arena = arena_new(), .path = ctl->conf.ctl_sql };
	enum rc rc = RC_INVALID;

	(void)argv;
	if (argc != 1) {
		(void)fprintf(stderr, "usage: voltillctl migrate\n");
		goto out;
	}
	if ((rc = list_files(&folder)) != RC_OK || (rc = check_files(&folder)) != RC_OK ||
	    (rc = lock_database(ctl->db)) != RC_OK ||
	    (rc = db_script(ctl->db, "schema_version", version_table)) != RC_OK ||
	    (rc = apply_files(ctl->db, &folder)) != RC_OK ||
	    (rc = make_anew(ctl->db, &folder)) != RC_OK)
		goto out;
	rc = partition_keep(ctl->db, clock_now());
	if (rc == RC_OK)
		(void)printf("schema %d\n", DB_SCHEMA);
out:
	arena_free(folder.arena);
	return rc;
}
