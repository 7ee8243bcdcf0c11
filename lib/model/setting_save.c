#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "model/audit.h"
#include "model/change.h"
#include "model/setting_edit.h"

enum { READ, LOCK, WRITE };
static const struct query Q[] QUERIES = {
	[READ] = { .sql = "SELECT s.value, COALESCE(o.display_name, ''), s.changed_at"
			  " FROM setting s LEFT JOIN operator o ON o.operator_id = s.changed_by"
			  " WHERE s.name = ?",
	    .bounded = "primary key" },
	/* Every installation has this row; it stands for all of them, also those without a row. */
	[LOCK] = { .sql = "SELECT 1 FROM setting WHERE name = 'site.name' FOR UPDATE",
	    .bounded = "primary key" },
	[WRITE] = { .sql = "INSERT INTO setting (name, value, changed_by, changed_at)"
			   " VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value),"
			   " changed_by = VALUES(changed_by), changed_at = VALUES(changed_at)" },
};

static enum rc
read_one(struct db *db, const struct setting_spec *spec, struct arena *arena,
    struct setting_state *state)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[READ], ARGS(S(spec->name)), &rows);

	*state = (struct setting_state){ .value = spec->fallback, .by = "" };
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*state = (struct setting_state){
			.value = arena_strdup(arena, rows_text(rows, 0)),
			.by = arena_strdup(arena, rows_text(rows, 1)),
			.changed_at = rows_int(rows, 2),
		};
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
setting_read(struct db *db, enum setting_group group, struct arena *arena,
    struct setting_state *states, int64_t *revision)
{
	size_t count;
	const struct setting_spec *specs = setting_group(group, &count);
	enum rc rc = RC_OK;

	assert(count > 0 && count <= SETTING_GROUP_SIZE);
	*revision = 0;
	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		rc = read_one(db, &specs[i], arena, &states[i]);
		if (states[i].changed_at > *revision)
			*revision = states[i].changed_at;
	}
	return rc;
}

struct saving {
	enum setting_group group;
	const char *const *values;
	int64_t typed_revision, revision;
	const struct setting_actor *by;
	struct arena *arena;
	size_t changed;
};

/* As people read it, on one line: the audit has a line for each field. */
static const char *
shown(struct arena *arena, const struct setting_spec *spec, const char *value)
{
	char *text = arena_alloc(arena, SETTING_VALUE_MAX + 1);

	setting_format(spec, value, text);
	for (char *end = text; (end = strchr(end, '\n')) != NULL;)
		*end = ' ';
	return text;
}

static enum rc
write_one(struct db *db, const struct saving *saving, const struct setting_spec *spec,
    const char *value, int64_t at)
{
	const struct setting_actor *by = saving->by;

	return db_exec(db, &Q[WRITE],
	    ARGS(S(spec->name), S(value), by->operator_id != 0 ? I(by->operator_id) : NIL, T(at)));
}

static enum rc
audit_save(struct db *db, const struct saving *saving, const struct changes *changes)
{
	char detail[CHANGE_DETAIL_MAX];

	changes_detail(changes, detail, sizeof(detail));
	return audit_write(db, &(struct audit){ .at = saving->by->now,
				   .operator_id = saving->by->operator_id,
				   .actor = saving->by->actor,
				   .address = saving->by->address,
				   .action = "setting.change",
				   .object_kind = "setting",
				   .object_id = saving->group,
				   .detail = detail });
}

static enum rc
save(struct db *db, void *context)
{
	struct saving *saving = context;
	struct setting_state states[SETTING_GROUP_SIZE];
	struct changes *changes = arena_alloc(saving->arena, sizeof(*changes));
	size_t count;
	const struct setting_spec *specs = setting_group(saving->group, &count);
	int64_t lock;
	enum rc rc = db_int(db, &Q[LOCK], NO_ARGS, &lock);

	if (rc == RC_OK)
		rc = setting_read(db, saving->group, saving->arena, states, &saving->revision);
	if (rc != RC_OK)
		return rc;
	if (saving->revision != saving->typed_revision)
		return RC_CONFLICT;
	/* A clock that was set back must not make a newer state look older. */
	int64_t at = saving->by->now > saving->revision ? saving->by->now : saving->revision + 1;
	saving->changed = 0;
	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		if (strcmp(states[i].value, saving->values[i]) == 0)
			continue;
		char *field = arena_alloc(saving->arena, SETTING_FIELD_MAX);
		setting_field(&specs[i], field);
		change_text(changes, field, shown(saving->arena, &specs[i], states[i].value),
		    shown(saving->arena, &specs[i], saving->values[i]));
		rc = write_one(db, saving, &specs[i], saving->values[i], at);
		saving->changed++;
	}
	return rc != RC_OK || saving->changed == 0 ? rc : audit_save(db, saving, changes);
}

enum rc
setting_save(struct db *db, enum setting_group group, const char *const *values, int64_t *revision,
    const struct setting_actor *by, size_t *count)
{
	struct saving saving = { .group = group,
		.values = values,
		.by = by,
		.typed_revision = *revision,
		.arena = arena_new() };
	enum rc rc = db_transact(db, save, &saving);

	*revision = saving.revision;
	*count = saving.changed;
	arena_free(saving.arena);
	return rc;
}
