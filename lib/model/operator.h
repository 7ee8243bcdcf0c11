/*
 * operator.h - the people who work with the system.
 *
 * A user name has exactly one spelling: lower-case ASCII letters, digits and . _ - (2…32), so that
 * no look-alike can become a second account. Every change is audited in its own transaction.
 */
#ifndef VOLTILL_OPERATOR_H
#define VOLTILL_OPERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "base/secret.h"

#define OPERATOR_USERNAME_MIN 2
#define OPERATOR_USERNAME_MAX 32
#define OPERATOR_NAME_MAX     64 /* characters */
#define OPERATOR_ROLE_MAX     32
#define OPERATOR_LANGUAGE_MAX 8
#define OPERATOR_THEME_MAX    5

struct operator_row {
	int64_t operator_id;
	char username[OPERATOR_USERNAME_MAX + 1];
	char display_name[OPERATOR_NAME_MAX * 4 + 1];
	char role[OPERATOR_ROLE_MAX + 1];
	char password_hash[SECRET_HASH_MAX]; /* "": cannot sign in */
	bool must_change, is_disabled, has_totp;
	int64_t password_changed_at; /* 0: never had one */
};

/* True for the one spelling a user name may have. Nothing is folded: "Admin" is not "admin". */
bool operator_is_username(const char *typed);

/* RC_NOT_FOUND when there is nobody of that name (or it is no user name at all). */
enum rc operator_find(struct db *db, const char *username, struct operator_row *op);

/* Who changes something, for the audit. operator_id 0: a program, named by actor. */
struct operator_actor {
	int64_t operator_id;
	const char *actor, *address;
	int64_t now;
};

/* Writes the audit row of a change of that operator. Inside the caller's transaction. */
enum rc operator_audit(struct db *db, const struct operator_actor *by, const char *action,
    int64_t operator_id, const char *detail);

/* Makes an operator with the user name, display name, role, hash ("": cannot sign in yet) and
 * must_change of op. RC_CONFLICT when the name is taken, RC_NOT_FOUND when there is no such role,
 * RC_INVALID when a name is malformed. */
enum rc operator_add(struct db *db, const struct operator_row *op, const struct operator_actor *by,
    int64_t *operator_id);

/* Stores the hash of a new password and ends the operator's sessions but keep (public id, 0: all).
 */
enum rc operator_set_password(struct db *db, const struct operator_row *op, const char *hash,
    bool must_change, int64_t keep, const struct operator_actor *by);

enum rc operator_set_disabled(struct db *db, const struct operator_row *op, bool is_disabled,
    const struct operator_actor *by); /* disabling ends the sessions */
enum rc operator_set_role(struct db *db, const struct operator_row *op, const char *role,
    const struct operator_actor *by); /* RC_NOT_FOUND: no such role */

/* What the person likes to see. language "" keeps the browser's choice; theme is auto, light or
 * dark. */
enum rc operator_set_preferences(
    struct db *db, int64_t operator_id, const char *language, const char *theme);

/* All operators by user name: Username, DisplayName, Role, IsDisabled, MustChange, SignedInAt
 * (NULL: not lately). */
enum rc operator_list(struct db *db, struct rows **rows);

#endif
