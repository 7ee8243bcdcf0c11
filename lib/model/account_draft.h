/*
 * account_draft.h - an opening that is under way: what was typed so far, step by step.
 *
 * A draft belongs to the operator who began it and can be resumed; its request key makes opening
 * twice open one account. Fields are texts by name. Drafts that nobody touched for DRAFT_DAYS are
 * deleted by whoever begins the next one.
 */
#ifndef VOLTILL_ACCOUNT_DRAFT_H
#define VOLTILL_ACCOUNT_DRAFT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"

#define DRAFT_DAYS	  30
#define DRAFT_KEY	  16
#define DRAFT_FIELDS_MAX  40
#define DRAFT_PAYLOAD_MAX 4000 /* bytes */
#define DRAFTS_SHOWN	  20

struct draft_field {
	const char *name, *value;
};

struct account_draft {
	int64_t draft_id, operator_id, created_at, changed_at;
	int64_t account_id; /* what it became; 0: not opened yet */
	unsigned char request_key[DRAFT_KEY];
	struct draft_field fields[DRAFT_FIELDS_MAX];
	size_t count;
};

/* "" when there is no such field. */
const char *draft_text(const struct account_draft *draft, const char *name);
int64_t draft_number(const struct account_draft *draft, const char *name); /* 0: none */
/* name is a literal; value is kept as it is and lives as long as the draft. "" takes it out. It is
 * an assertion that value holds no line feed. */
void draft_set(struct account_draft *draft, const char *name, const char *value);

/* Makes an empty draft with a fresh key, and deletes what is too old. Only draft_id, operator_id,
 * request_key and the times are set. */
enum rc account_draft_begin(
    struct db *db, int64_t operator_id, int64_t now, struct account_draft *draft);
/* RC_NOT_FOUND: there is none, or it is somebody else's. */
enum rc account_draft_find(struct db *db, struct arena *arena, int64_t operator_id,
    int64_t draft_id, struct account_draft *draft);
/* RC_INVALID: too much text. RC_CONFLICT: it became an account already. */
enum rc account_draft_save(struct db *db, const struct account_draft *draft, int64_t now);
enum rc account_draft_drop(struct db *db, int64_t operator_id, int64_t draft_id);
/* Those that are not opened yet, newest first, at most DRAFTS_SHOWN. */
enum rc account_draft_list(struct db *db, struct arena *arena, int64_t operator_id,
    struct account_draft **list, size_t *count);

#endif
