/*
 * account_profile.h - what is known of a tenant, as people change it. See place_edit.h for what the
 * verbs promise; account_edit.h has the part that a file may bring.
 */
#ifndef VOLTILL_ACCOUNT_PROFILE_H
#define VOLTILL_ACCOUNT_PROFILE_H

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/account_edit.h"
#include "model/scope.h"

#define ACCOUNT_ID_NUMBER_MAX 32
#define ACCOUNT_NOTE_MAX      200

struct account_profile {
	struct account_row row;
	char id_number[ACCOUNT_ID_NUMBER_MAX + 1]; /* identity card, or credit code of a company */
	char note[ACCOUNT_NOTE_MAX * 4 + 1];
};

/* Faults of number, name, initials, phone, id_number, note. Without a number none is missing: the
 * next free one is given. Pure. */
void account_profile_validate(const struct account_profile *profile, struct faults *faults);
void account_profile_compare(const struct account_profile *before,
    const struct account_profile *after, struct changes *changes);

/* RC_NOT_FOUND: there is none, or it is closed. */
enum rc account_profile_load(struct db *db, int64_t account_id, struct account_profile *profile);
/* Sets account_id, and the number ("A00012") and initials that were left empty. RC_CONFLICT: the
 * number is taken (was just now, when it was given here: try again). */
enum rc account_profile_insert(
    struct db *db, struct account_profile *profile, const struct operator_actor *by);
/* The number stays. RC_CONFLICT: another revision is stored. */
enum rc account_profile_update(
    struct db *db, struct account_profile *profile, const struct operator_actor *by);

/* Open accounts with that phone number, for the question whether it is the same tenant. */
#define SAME_PHONE_MAX 5
struct same_phone {
	int64_t account_id;
	const char *number, *name, *rooms;
};
enum rc account_same_phone(struct db *db, struct arena *arena, const struct scope *scope,
    const char *phone, int64_t other_than, struct same_phone *list, size_t *count);

#endif
