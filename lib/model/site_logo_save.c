#include <stdio.h>

#include "base/secret.h"
#include "base/text.h"
#include "model/audit.h"
#include "model/site_image.h"

enum { SAVE, REMOVE, VERSION };
static const struct query Q[] QUERIES = {
	/* REPLACE: what is there may not be read by the program that writes it. */
	[SAVE] = { .sql = "REPLACE INTO site_image (kind, type, width, height, digest, bytes,"
			  " changed_by, changed_at) VALUES ('logo', ?, ?, ?, ?, ?, ?, ?)" },
	[REMOVE] = { .sql = "DELETE FROM site_image WHERE kind = 'logo'" },
	[VERSION] = { .sql = "INSERT INTO setting (name, value, changed_by, changed_at)"
			     " VALUES ('site.logo', ?, ?, ?)"
			     " ON DUPLICATE KEY UPDATE value = VALUES(value),"
			     " changed_by = VALUES(changed_by), changed_at = VALUES(changed_at)" },
};

struct saving {
	const struct site_image *image; /* NULL: take it away */
	const unsigned char *bytes;
	size_t length;
	char digest[SITE_IMAGE_DIGEST + 1];
	const struct setting_actor *by;
};

static struct value
operator_value(const struct setting_actor *by)
{
	return by->operator_id != 0 ? I(by->operator_id) : NIL;
}

static enum rc
audit_logo(struct db *db, const struct saving *saving)
{
	char detail[128] = "site_logo:  -> ";

	if (saving->image != NULL)
		(void)snprintf(detail, sizeof(detail), "site_logo:  -> %s %dx%d, %zu bytes, %s",
		    saving->image->type, saving->image->width, saving->image->height,
		    saving->length, saving->digest);
	return audit_write(db, &(struct audit){ .at = saving->by->now,
				   .operator_id = saving->by->operator_id,
				   .actor = saving->by->actor,
				   .address = saving->by->address,
				   .action = "setting.change",
				   .object_kind = "setting",
				   .object_id = SETTING_LOGO,
				   .detail = detail });
}

static enum rc
save(struct db *db, void *context)
{
	const struct saving *saving = context;
	const struct site_image *image = saving->image;
	int64_t now = saving->by->now;
	enum rc rc;

	if (image == NULL)
		rc = db_exec(db, &Q[REMOVE], NO_ARGS);
	else
		rc = db_exec(db, &Q[SAVE],
		    ARGS(S(image->type), I(image->width), I(image->height), S(saving->digest),
			B(saving->bytes, saving->length), operator_value(saving->by), T(now)));
	if (rc == RC_OK)
		rc = db_exec(
		    db, &Q[VERSION], ARGS(S(saving->digest), operator_value(saving->by), T(now)));
	return rc == RC_OK ? audit_logo(db, saving) : rc;
}

enum rc
site_logo_save(struct db *db, const struct site_image *image, const unsigned char *bytes,
    size_t length, const struct setting_actor *by)
{
	struct saving saving = { .image = image, .bytes = bytes, .length = length, .by = by };
	unsigned char digest[SECRET_DIGEST];

	secret_digest(bytes, length, digest);
	text_hex(digest, SITE_IMAGE_DIGEST / 2, saving.digest);
	return db_transact(db, save, &saving);
}

enum rc
site_logo_remove(struct db *db, const struct setting_actor *by)
{
	struct saving saving = { .by = by };

	return db_transact(db, save, &saving);
}
