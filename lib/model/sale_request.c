/* One wish, one document. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/sale_private.h"

enum { FIND };
static const struct query Q[] QUERIES = {
	/* Waits until a transaction that wrote the key and has not answered yet is over. */
	[FIND] = { .sql = "SELECT sale_id, request_digest FROM sale"
			  " WHERE request_key = ? LOCK IN SHARE MODE",
	    .bounded = "unique key" },
};

static void
append(struct sale_digest *digest, const char *text)
{
	size_t length = strlen(text);

	assert(digest->length + length < sizeof(digest->text));
	memcpy(digest->text + digest->length, text, length + 1);
	digest->length += length;
}

void
digest_int(struct sale_digest *digest, int64_t value)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%" PRId64 ";", value);
	append(digest, text);
}

void
digest_text(struct sale_digest *digest, const char *text)
{
	unsigned char bytes[SECRET_DIGEST];
	char hex[2 * SECRET_DIGEST + 1];

	secret_digest(text != NULL ? text : "", text != NULL ? strlen(text) : 0, bytes);
	text_hex(bytes, sizeof(bytes), hex);
	append(digest, hex);
	append(digest, ";");
}

void
sale_request_digest(struct sale_request *request, const struct sale_digest *digest)
{
	secret_digest(digest->text, digest->length, request->digest);
}

enum rc
sale_verdict(const struct faults *faults)
{
	return faults->count > 0 ? RC_INVALID : RC_OK;
}

/* RC_CONFLICT: the key was used for another wish. */
static enum rc
find(struct db *db, const struct sale_request *request, int64_t *sale_id, bool *is_old)
{
	struct rows *rows;
	bool is_same = true;
	enum rc rc = db_query(db, &Q[FIND], ARGS(B(request->key, SALE_KEY)), &rows);

	*is_old = false;
	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		*sale_id = rows_int(rows, 0);
		is_same = rows_length(rows, 1) == SECRET_DIGEST &&
			  memcmp(rows_text(rows, 1), request->digest, SECRET_DIGEST) == 0;
		*is_old = is_same;
	}
	rows_end(rows);
	if (is_same)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	*request->faults = (struct faults){ 0 };
	fault_add(request->faults, "", "KeyReused", "%s", "");
	return RC_CONFLICT;
}

struct attempt {
	const struct sale_request *request;
	int64_t sale_id;
};

static enum rc
try(struct db *db, void *context)
{
	struct attempt *attempt = context;

	*attempt->request->faults = (struct faults){ 0 };
	return attempt->request->work(db, attempt->request->context, &attempt->sale_id);
}

enum rc
sale_run(struct db *db, const struct sale_request *request, int64_t *sale_id, bool *is_old)
{
	struct attempt attempt = { .request = request };
	enum rc rc = db_transact(db, try, &attempt);

	*is_old = false;
	if (rc == RC_OK) {
		*sale_id = attempt.sale_id;
		return RC_OK;
	}
	if (rc != RC_CONFLICT && rc != RC_UNAVAILABLE && rc != RC_INVALID)
		return rc;
	/* Pressed before (and what was sold then may speak against selling it again), or the
	 * outcome of the commit is not known. Looked up only now, because it is rare. */
	enum rc found = find(db, request, sale_id, is_old);
	if (found != RC_OK)
		return found == RC_CONFLICT ? RC_CONFLICT : rc;
	if (*is_old)
		*request->faults = (struct faults){ 0 };
	return *is_old ? RC_OK : rc;
}
