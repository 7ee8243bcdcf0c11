/*
 * tariff_edit.h - tariffs and their versions as people change them.
 *
 * A version is a draft until it is published; a published one is never edited (triggers refuse it,
 * too): a change is a new version with a later day. Each verb checks the revision, writes the audit
 * row and runs inside the caller's transaction. RC_CONFLICT: somebody saved meanwhile, the state
 * does not permit it, or, with db_is_duplicate(), the name or the day is taken.
 */
#ifndef VOLTILL_TARIFF_EDIT_H
#define VOLTILL_TARIFF_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/fault.h"
#include "model/operator.h"
#include "model/tariff.h"

#define TARIFF_TITLE_MAX 64 /* characters of a tariff's name */
#define TARIFF_NOTE_MAX	 200

struct tariff_row {
	int64_t tariff_id; /* 0: not stored yet */
	char name[TARIFF_TITLE_MAX * 4 + 1];
	char note[TARIFF_NOTE_MAX * 4 + 1];
	bool is_archived;
	int64_t revision;
};

/* Faults of fields name and note. */
void tariff_validate(const struct tariff_row *row, struct faults *faults);
enum rc tariff_find(struct db *db, int64_t tariff_id, struct tariff_row *row);
enum rc tariff_insert(struct db *db, struct tariff_row *row, const struct operator_actor *by);
enum rc tariff_update(struct db *db, struct tariff_row *row, const struct operator_actor *by);

enum tariff_state { TARIFF_DRAFT, TARIFF_PUBLISHED, TARIFF_WITHDRAWN };

struct tariff_version_row {
	int64_t version_id, tariff_id;
	enum tariff_state state;
	struct day valid_from; /* of a published or withdrawn one */
	char note[TARIFF_NOTE_MAX * 4 + 1];
	int64_t revision;
};
enum rc tariff_version_find(struct db *db, int64_t version_id, struct tariff_version_row *row);

/* content is what tariff_check found whole. Seasons are stored in its order. */
enum rc tariff_draft_insert(struct db *db, struct tariff_version_row *row,
    const struct tariff_version *content, const struct operator_actor *by);
enum rc tariff_draft_update(struct db *db, struct tariff_version_row *row,
    const struct tariff_version *content, const struct operator_actor *by);
enum rc tariff_draft_remove(
    struct db *db, const struct tariff_version_row *row, const struct operator_actor *by);

/* From row->valid_from on. Nothing that is billed may change: not before `earliest`, normally
 * today. RC_INVALID: before it, or the draft is not whole (tariff_check). */
enum rc tariff_publish(struct db *db, struct tariff_version_row *row, struct day earliest,
    const struct operator_actor *by);
/* A version that is not in force yet, after today. RC_INVALID: meters would be left without a
 * price. */
enum rc tariff_withdraw(struct db *db, const struct tariff_version_row *row, struct day today,
    const char *reason, const struct operator_actor *by);

#endif
