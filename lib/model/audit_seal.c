#include "model/audit_seal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Every column at its longest, in bytes, with room for the lengths. */
#define ROW_MAX	   32768
#define NUMBER_MAX 24

#define AUDIT_COLUMNS                                                                \
	"a.audit_id, a.at, a.operator_id, a.actor, a.address, a.action, a.outcome, " \
	"a.object_kind, a.object_id, a.detail, a.reason "

enum { LOCK, UNLOCK, NEWEST, GREATEST, UNSEALED, SEAL, WALK, LATE };
static const struct query Q[] QUERIES = {
	[LOCK] = { .sql = "SELECT GET_LOCK(CONCAT(DATABASE(), '.audit_seal'), 0)",
	    .bounded = "one number" },
	[UNLOCK] = { .sql = "SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.audit_seal'))",
	    .bounded = "one number" },
	[NEWEST] = { .sql = "SELECT seq, digest FROM audit_seal ORDER BY seq DESC LIMIT 1" },
	[GREATEST] = { .sql = "SELECT COALESCE(MAX(audit_id), 0) FROM audit_seal",
	    .bounded = "one number" },
	[UNSEALED] = { .sql = "SELECT " AUDIT_COLUMNS "FROM audit a LEFT JOIN audit_seal s"
			      " ON s.audit_id = a.audit_id WHERE a.audit_id >= ?"
			      " AND s.audit_id IS NULL ORDER BY a.audit_id LIMIT ?" },
	[SEAL] = { .sql = "INSERT INTO audit_seal (seq, audit_id, digest, sealed_at)"
			  " VALUES (?, ?, UNHEX(?), ?)" },
	[WALK] = { .sql = "SELECT " AUDIT_COLUMNS ", s.seq, s.audit_id, s.digest"
			  " FROM audit_seal s LEFT JOIN audit a ON a.audit_id = s.audit_id"
			  " ORDER BY s.seq",
	    .bounded = "read row by row from the server" },
	[LATE] = { .sql = "SELECT COUNT(*), MIN(a.at) FROM audit a LEFT JOIN audit_seal s"
			  " ON s.audit_id = a.audit_id WHERE s.audit_id IS NULL AND a.at < ?",
	    .bounded = "one row" },
};

/* "4:1234" per field, "-" for NULL: no two rows have the same bytes. */
void
audit_link(const unsigned char previous[SECRET_DIGEST], const struct audit_bytes *row,
    unsigned char digest[SECRET_DIGEST])
{
	static char bytes[ROW_MAX];
	size_t used = SECRET_DIGEST;

	memcpy(bytes, previous, SECRET_DIGEST);
	for (size_t i = 0; i < AUDIT_FIELDS; i++) {
		if (row->text[i] == NULL) {
			bytes[used++] = '-';
			continue;
		}
		assert(used + row->length[i] + NUMBER_MAX < sizeof(bytes));
		used += (size_t)snprintf(bytes + used, NUMBER_MAX, "%zu:", row->length[i]);
		memcpy(bytes + used, row->text[i], row->length[i]);
		used += row->length[i];
	}
	secret_digest(bytes, used, digest);
}

/* The link of the row at the cursor. */
static void
link_row(const struct rows *rows, unsigned char digest[SECRET_DIGEST])
{
	struct audit_bytes row;
	char at[NUMBER_MAX];

	for (size_t i = 0; i < AUDIT_FIELDS; i++) {
		row.text[i] = rows_is_null(rows, i) ? NULL : rows_text(rows, i);
		row.length[i] = row.text[i] != NULL ? rows_length(rows, i) : 0;
	}
	/* A time as text depends on the zone of the site. */
	row.length[1] = (size_t)snprintf(at, sizeof(at), "%" PRId64, rows_int(rows, 1));
	row.text[1] = at;
	audit_link(digest, &row, digest);
}

enum rc
audit_seal_newest(struct db *db, struct audit_anchor *anchor)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[NEWEST], NO_ARGS, &rows);

	*anchor = (struct audit_anchor){ 0 };
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		anchor->seq = rows_int(rows, 0);
		memcpy(anchor->digest, rows_text(rows, 1), SECRET_DIGEST);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
audit_seal_greatest(struct db *db, int64_t *audit_id)
{
	return db_int(db, &Q[GREATEST], NO_ARGS, audit_id);
}

/* One batch, sent in one round trip; binding arrays knows no bytes, so digests go as hex. */
struct sealing {
	int64_t from_id, now, sealed;
	int64_t seqs[AUDIT_SEAL_BATCH], ids[AUDIT_SEAL_BATCH], times[AUDIT_SEAL_BATCH];
	char hex[AUDIT_SEAL_BATCH][2 * SECRET_DIGEST + 1];
	const char *texts[AUDIT_SEAL_BATCH];
};

static enum rc
store_batch(struct db *db, const struct sealing *sealing, size_t count)
{
	const struct column columns[] = {
		{ .kind = VALUE_INT, .numbers = sealing->seqs },
		{ .kind = VALUE_INT, .numbers = sealing->ids },
		{ .kind = VALUE_TEXT, .texts = sealing->texts },
		{ .kind = VALUE_TIME, .numbers = sealing->times },
	};

	return count > 0 ? db_bulk(db, &Q[SEAL], columns, COUNT(columns), count) : RC_OK;
}

/* The primary key is what makes two sealers at once impossible; the lock spares them the try. */
static enum rc
seal_batch(struct db *db, void *context)
{
	struct sealing *sealing = context;
	struct audit_anchor end;
	struct rows *rows;
	size_t count = 0;
	enum rc rc = audit_seal_newest(db, &end);

	sealing->sealed = 0;
	if (rc == RC_OK)
		rc = db_query(
		    db, &Q[UNSEALED], ARGS(I(sealing->from_id), I(AUDIT_SEAL_BATCH)), &rows);
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		link_row(rows, end.digest);
		text_hex(end.digest, SECRET_DIGEST, sealing->hex[count]);
		sealing->seqs[count] = ++end.seq;
		sealing->ids[count] = rows_int(rows, 0);
		sealing->texts[count] = sealing->hex[count];
		sealing->times[count++] = sealing->now;
	}
	rows_end(rows);
	if (rc != RC_NOT_FOUND)
		return rc;
	if ((rc = store_batch(db, sealing, count)) == RC_OK)
		sealing->sealed = (int64_t)count;
	return rc;
}

enum rc
audit_seal(struct db *db, int64_t *from_id, int64_t now, int64_t *sealed)
{
	static struct sealing sealing; /* too large for the stack */
	int64_t is_mine, ignored;
	enum rc rc = db_int(db, &Q[LOCK], NO_ARGS, &is_mine);

	*sealed = 0;
	if (rc != RC_OK)
		return rc;
	if (is_mine != 1)
		return RC_CONFLICT;
	sealing.from_id = *from_id;
	sealing.now = now;
	rc = db_transact(db, seal_batch, &sealing);
	if (rc == RC_OK)
		*sealed = sealing.sealed;
	if (rc == RC_OK && sealing.sealed > 0)
		*from_id = sealing.ids[sealing.sealed - 1] + 1;
	enum rc unlocked = db_int(db, &Q[UNLOCK], NO_ARGS, &ignored);
	return rc != RC_OK ? rc : unlocked;
}

enum { WALK_SEQ = AUDIT_FIELDS, WALK_AUDIT_ID, WALK_DIGEST };

static enum audit_break
judge_link(const struct rows *rows, struct audit_verdict *verdict)
{
	struct audit_anchor *end = &verdict->end;

	verdict->seq = rows_int(rows, WALK_SEQ);
	verdict->audit_id = rows_int(rows, WALK_AUDIT_ID);
	if (verdict->seq != end->seq + 1)
		return AUDIT_GAP;
	if (rows_is_null(rows, 0))
		return AUDIT_MISSING;
	unsigned char digest[SECRET_DIGEST];
	memcpy(digest, end->digest, sizeof(digest));
	link_row(rows, digest);
	if (memcmp(digest, rows_text(rows, WALK_DIGEST), SECRET_DIGEST) != 0)
		return AUDIT_CHANGED;
	memcpy(end->digest, digest, sizeof(digest));
	end->seq = verdict->seq;
	verdict->links++;
	return AUDIT_WHOLE;
}

static enum rc
walk(struct db *db, const struct audit_anchor *anchor, struct audit_verdict *verdict)
{
	bool is_met = anchor == NULL || anchor->seq == 0;
	struct rows *rows;
	enum rc rc = db_stream(db, &Q[WALK], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	while (verdict->kind == AUDIT_WHOLE && (rc = rows_next(rows)) == RC_OK) {
		verdict->kind = judge_link(rows, verdict);
		if (verdict->kind != AUDIT_WHOLE || is_met || verdict->end.seq != anchor->seq)
			continue;
		is_met = true;
		if (memcmp(verdict->end.digest, anchor->digest, SECRET_DIGEST) != 0)
			verdict->kind = AUDIT_ANCHOR;
	}
	rows_end(rows);
	if (verdict->kind == AUDIT_WHOLE && !is_met) {
		verdict->kind = AUDIT_ANCHOR;
		verdict->seq = anchor->seq;
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
audit_verify(struct db *db, const struct audit_anchor *anchor, int64_t patience_ms, int64_t now,
    struct audit_verdict *verdict)
{
	struct rows *rows;

	*verdict = (struct audit_verdict){ .kind = AUDIT_WHOLE };
	enum rc rc = walk(db, anchor, verdict);
	if (rc != RC_OK || verdict->kind != AUDIT_WHOLE)
		return rc;
	if ((rc = db_query(db, &Q[LATE], ARGS(T(now - patience_ms)), &rows)) != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		verdict->late = rows_int(rows, 0);
		verdict->late_at = rows_int(rows, 1);
	}
	rows_end(rows);
	if (verdict->late > 0)
		verdict->kind = AUDIT_LATE;
	return rc;
}
