#include "model/sale_fee.h"

#include "base/text.h"
#include "model/edit.h"

enum { LIST, FIND, LOCK, NAMED, INSERT, UPDATE, ARCHIVE };

#define COLUMNS "fee_id, revision, name, kind = 'permille', value, is_usual, archived_at FROM fee"

static const struct query Q[] QUERIES = {
	[LIST] = { .sql = "SELECT " COLUMNS " ORDER BY archived_at IS NOT NULL, name, fee_id"
			  " LIMIT 200" },
	[FIND] = { .sql = "SELECT " COLUMNS " WHERE fee_id = ?", .bounded = "primary key" },
	[LOCK] = { .sql = "SELECT " COLUMNS " WHERE fee_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[NAMED] = { .sql = "SELECT COUNT(*) FROM fee WHERE active_name = ? AND fee_id <> ?",
	    .bounded = "one row" },
	[INSERT] = { .sql = "INSERT INTO fee (name, kind, value, is_usual)"
			    " VALUES (?, ?, ?, ?)" },
	[UPDATE] = { .sql = "UPDATE fee SET name = ?, kind = ?, value = ?, is_usual = ?,"
			    " revision = revision + 1 WHERE fee_id = ?" },
	[ARCHIVE] = { .sql = "UPDATE fee SET archived_at = ?, revision = revision + 1"
			     " WHERE fee_id = ?" },
};

static void
take(const struct rows *rows, struct fee *fee)
{
	*fee = (struct fee){ .fee_id = rows_int(rows, 0),
		.revision = rows_int(rows, 1),
		.is_permille = rows_int(rows, 3) != 0,
		.value = rows_int(rows, 4),
		.is_usual = rows_int(rows, 5) != 0,
		.archived_at = rows_int(rows, 6) };
	(void)text_copy(fee->name, sizeof(fee->name), rows_text(rows, 2));
}

enum rc
fee_list(struct db *db, struct arena *arena, struct fee **fees, size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIST], NO_ARGS, &rows);

	*count = 0;
	if (rc != RC_OK)
		return rc;
	*fees = arena_alloc(arena, FEES_MAX * sizeof(**fees));
	while (*count < FEES_MAX && (rc = rows_next(rows)) == RC_OK)
		take(rows, &(*fees)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
find(struct db *db, const struct query *query, int64_t fee_id, struct fee *fee)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(fee_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		take(rows, fee);
	rows_end(rows);
	return rc;
}

enum rc
fee_find(struct db *db, int64_t fee_id, struct fee *fee)
{
	return find(db, &Q[FIND], fee_id, fee);
}

void
fee_validate(const struct fee *fee, struct faults *faults)
{
	edit_check_text(faults, "name", fee->name, FEE_NAME_MAX, true);
	edit_check_range(
	    faults, "value", fee->value, 1, fee->is_permille ? FEE_PERMILLE_MAX : FEE_FIXED_MAX);
}

/* ---- saving ---- */

struct deed {
	const struct fee *fee;
	const struct operator_actor *by;
	struct faults *faults;
	int64_t fee_id;
};

static void
compare(const struct fee *before, const struct fee *after, struct changes *changes)
{
	change_text(changes, "name", before->name, after->name);
	change_flag(changes, "is_permille", before->is_permille, after->is_permille);
	change_int(changes, "value", before->value, after->value);
	change_flag(changes, "is_usual", before->is_usual, after->is_usual);
}

static enum rc
check(struct db *db, const struct deed *deed)
{
	int64_t twins = 0;

	fee_validate(deed->fee, deed->faults);
	if (deed->faults->count > 0)
		return RC_INVALID;
	enum rc rc = db_int(db, &Q[NAMED], ARGS(S(deed->fee->name), I(deed->fee->fee_id)), &twins);
	if (rc == RC_OK && twins > 0) {
		fault_add(deed->faults, "name", "NameTaken", "%s", "");
		rc = RC_INVALID;
	}
	return rc;
}

static const char *
kind_of(const struct fee *fee)
{
	return fee->is_permille ? "permille" : "fixed";
}

static enum rc
add(struct db *db, void *context)
{
	struct deed *deed = context;
	const struct fee *fee = deed->fee, none = { 0 };
	struct changes changes = { 0 };
	enum rc rc;

	*deed->faults = (struct faults){ 0 };
	rc = check(db, deed);
	if (rc == RC_OK)
		rc = db_exec(db, &Q[INSERT],
		    ARGS(S(fee->name), S(kind_of(fee)), I(fee->value), I(fee->is_usual)));
	if (rc != RC_OK)
		return rc;
	deed->fee_id = db_last_id(db);
	compare(&none, fee, &changes);
	return edit_audit(db, deed->by, "fee.add", "fee", deed->fee_id, &changes, NULL);
}

enum rc
fee_add(struct db *db, struct fee *fee, const struct operator_actor *by, struct faults *faults)
{
	struct deed deed = { .fee = fee, .by = by, .faults = faults };
	enum rc rc = db_transact(db, add, &deed);

	fee->fee_id = deed.fee_id;
	return rc;
}

/* RC_CONFLICT: saved by somebody else meanwhile, or archived. */
static enum rc
lock(struct db *db, const struct fee *fee, struct fee *stored)
{
	enum rc rc = find(db, &Q[LOCK], fee->fee_id, stored);

	if (rc == RC_OK && (stored->revision != fee->revision || stored->archived_at != 0))
		return RC_CONFLICT;
	return rc;
}

static enum rc
save(struct db *db, void *context)
{
	struct deed *deed = context;
	const struct fee *fee = deed->fee;
	struct changes changes = { 0 };
	struct fee stored;
	enum rc rc = lock(db, fee, &stored);

	*deed->faults = (struct faults){ 0 };
	if (rc == RC_OK)
		rc = check(db, deed);
	if (rc != RC_OK)
		return rc;
	compare(&stored, fee, &changes);
	if (changes.count == 0)
		return RC_OK;
	rc = db_exec(db, &Q[UPDATE],
	    ARGS(S(fee->name), S(kind_of(fee)), I(fee->value), I(fee->is_usual), I(fee->fee_id)));
	return rc == RC_OK
		   ? edit_audit(db, deed->by, "fee.edit", "fee", fee->fee_id, &changes, NULL)
		   : rc;
}

enum rc
fee_save(
    struct db *db, const struct fee *fee, const struct operator_actor *by, struct faults *faults)
{
	struct deed deed = { .fee = fee, .by = by, .faults = faults };

	return db_transact(db, save, &deed);
}

static enum rc
archive(struct db *db, void *context)
{
	struct deed *deed = context;
	struct changes changes = { 0 };
	struct fee stored;
	enum rc rc = lock(db, deed->fee, &stored);

	if (rc == RC_OK)
		rc = db_exec(db, &Q[ARCHIVE], ARGS(T(deed->by->now), I(stored.fee_id)));
	if (rc != RC_OK)
		return rc;
	change_text(&changes, "name", stored.name, "");
	return edit_audit(db, deed->by, "fee.archive", "fee", stored.fee_id, &changes, NULL);
}

enum rc
fee_archive(struct db *db, const struct fee *fee, const struct operator_actor *by)
{
	struct deed deed = { .fee = fee, .by = by };

	return db_transact(db, archive, &deed);
}
