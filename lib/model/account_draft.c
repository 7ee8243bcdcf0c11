#include "model/account_draft.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"

#define OLD_AT_ONCE 200 /* old drafts deleted by one beginning */

enum { FIND, LIST, INSERT, SAVE, DROP, DROP_OLD };

#define SELECT_DRAFT                                                                          \
	"SELECT account_draft_id, operator_id, request_key, created_at, changed_at, payload," \
	" account_id FROM account_draft WHERE operator_id = ?"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[FIND] = { .sql = SELECT_DRAFT " AND account_draft_id = ?", .bounded = "primary key" },
	[LIST] = { .sql = SELECT_DRAFT " AND account_id IS NULL ORDER BY changed_at DESC LIMIT ?" },
	[INSERT] = { .sql =
			 "INSERT INTO account_draft (operator_id, request_key, created_at, changed_at)"
			 " VALUES (?, ?, ?, ?)" },
	[SAVE] = { .sql =
		       "UPDATE account_draft SET payload = ?, changed_at = ?"
		       " WHERE account_draft_id = ? AND operator_id = ? AND account_id IS NULL" },
	[DROP] = { .sql = "DELETE FROM account_draft WHERE account_draft_id = ? AND operator_id = ?"
			  " AND account_id IS NULL" },
	[DROP_OLD] = { .sql = "DELETE FROM account_draft WHERE changed_at < ?"
			      " ORDER BY account_draft_id LIMIT ?" },
};
/* clang-format on */

/* ---- fields ---- */

static struct draft_field *
find_field(const struct account_draft *draft, const char *name)
{
	for (size_t i = 0; i < draft->count; i++)
		if (strcmp(draft->fields[i].name, name) == 0)
			return (struct draft_field *)(uintptr_t)&draft->fields[i];
	return NULL;
}

const char *
draft_text(const struct account_draft *draft, const char *name)
{
	const struct draft_field *field = find_field(draft, name);

	return field != NULL ? field->value : "";
}

int64_t
draft_number(const struct account_draft *draft, const char *name)
{
	int64_t number = 0;

	return text_parse_uint(draft_text(draft, name), INT64_MAX, &number) == RC_OK ? number : 0;
}

void
draft_set(struct account_draft *draft, const char *name, const char *value)
{
	struct draft_field *field = find_field(draft, name);

	assert(strchr(value, '\n') == NULL);
	if (field == NULL) {
		if (*value == '\0')
			return;
		assert(draft->count < DRAFT_FIELDS_MAX);
		field = &draft->fields[draft->count++];
	}
	*field = (struct draft_field){ name, value };
}

/* "name=value" on a line each; values hold no line feed. */
static void
parse(struct arena *arena, const char *payload, struct account_draft *draft)
{
	char *line = arena_strdup(arena, payload);

	while (line != NULL && *line != '\0' && draft->count < DRAFT_FIELDS_MAX) {
		char *end = strchr(line, '\n'), *value = strchr(line, '=');
		if (end != NULL)
			*end = '\0';
		if (value != NULL) {
			*value = '\0';
			draft->fields[draft->count++] = (struct draft_field){ line, value + 1 };
		}
		line = end != NULL ? end + 1 : NULL;
	}
}

static enum rc
format(const struct account_draft *draft, char *payload, size_t size)
{
	size_t used = 0;

	payload[0] = '\0';
	for (size_t i = 0; i < draft->count; i++) {
		const struct draft_field *field = &draft->fields[i];
		size_t name = strlen(field->name), value = strlen(field->value);
		if (value == 0)
			continue;
		if (used + name + value + 3 > size)
			return RC_INVALID;
		memcpy(payload + used, field->name, name);
		payload[used + name] = '=';
		memcpy(payload + used + name + 1, field->value, value);
		used += name + value + 2;
		payload[used - 1] = '\n';
		payload[used] = '\0';
	}
	return RC_OK;
}

/* ---- stored ---- */

static void
load(const struct rows *rows, struct arena *arena, struct account_draft *draft)
{
	*draft = (struct account_draft){ .draft_id = rows_int(rows, 0),
		.operator_id = rows_int(rows, 1),
		.created_at = rows_int(rows, 3),
		.changed_at = rows_int(rows, 4),
		.account_id = rows_int(rows, 6) };
	memcpy(draft->request_key, rows_text(rows, 2), DRAFT_KEY);
	parse(arena, rows_text(rows, 5), draft);
}

enum rc
account_draft_begin(struct db *db, int64_t operator_id, int64_t now, struct account_draft *draft)
{
	*draft = (struct account_draft){
		.operator_id = operator_id, .created_at = now, .changed_at = now
	};
	enum rc rc =
	    db_exec(db, &Q[DROP_OLD], ARGS(T(now - DRAFT_DAYS * 24 * CLOCK_HOUR), I(OLD_AT_ONCE)));
	if (rc != RC_OK)
		return rc;
	secret_random(draft->request_key, DRAFT_KEY);
	rc = db_exec(
	    db, &Q[INSERT], ARGS(I(operator_id), B(draft->request_key, DRAFT_KEY), T(now), T(now)));
	draft->draft_id = rc == RC_OK ? db_last_id(db) : 0;
	return rc;
}

enum rc
account_draft_find(struct db *db, struct arena *arena, int64_t operator_id, int64_t draft_id,
    struct account_draft *draft)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(I(operator_id), I(draft_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		load(rows, arena, draft);
	rows_end(rows);
	return rc;
}

enum rc
account_draft_save(struct db *db, const struct account_draft *draft, int64_t now)
{
	char payload[DRAFT_PAYLOAD_MAX + 1];
	enum rc rc = format(draft, payload, sizeof(payload));

	if (rc == RC_OK)
		rc = db_exec(db, &Q[SAVE],
		    ARGS(S(payload), T(now), I(draft->draft_id), I(draft->operator_id)));
	return rc == RC_OK && db_affected(db) == 0 ? RC_CONFLICT : rc;
}

enum rc
account_draft_drop(struct db *db, int64_t operator_id, int64_t draft_id)
{
	enum rc rc = db_exec(db, &Q[DROP], ARGS(I(draft_id), I(operator_id)));

	return rc == RC_OK && db_affected(db) == 0 ? RC_NOT_FOUND : rc;
}

enum rc
account_draft_list(struct db *db, struct arena *arena, int64_t operator_id,
    struct account_draft **list, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIST], ARGS(I(operator_id), I(DRAFTS_SHOWN)), &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, DRAFTS_SHOWN * sizeof(**list));
	while (*count < DRAFTS_SHOWN && (rc = rows_next(rows)) == RC_OK)
		load(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
