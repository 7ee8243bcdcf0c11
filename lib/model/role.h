/*
 * role.h - roles: what people may do, how much at once, and whether they need a second factor.
 *
 * What is refused, whoever asks:
 *   - a role that may both edit operators and read the audit: whoever gives rights must not be the
 *     one who watches how they are used,
 *   - to widen one's own role, or to take from it the right to edit operators,
 *   - whatever would leave nobody who may edit operators,
 *   - to delete a role that people have, or one that every installation has.
 */
#ifndef VOLTILL_ROLE_H
#define VOLTILL_ROLE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/fault.h"
#include "model/limit.h"
#include "model/operator.h"
#include "model/permission.h"
#include "model/session.h"

#define ROLE_NAME_MAX 64 /* characters */
#define ROLES_MAX     200
#define ROLE_VIEW     (30 * CLOCK_MINUTE) /* then looking as a role ends by itself */

struct role {
	int64_t role_id, revision;
	char code[OPERATOR_ROLE_MAX + 1];
	char name[ROLE_NAME_MAX * 4 + 1]; /* "" for those of every installation: T.Role.<code> */
	permission_set permissions;
	struct limits limits;
	bool needs_totp;
	int64_t people, disabled; /* how many have it; only shown */
};
bool role_is_own(const struct role *role); /* made here: may be renamed and deleted */

enum rc role_list(struct db *db, struct arena *arena, struct role **list, size_t *count);
enum rc role_find(struct db *db, int64_t role_id, struct role *role);

void role_validate(const struct role *role, struct faults *faults);

/* Each is one transaction with its audit row. RC_CONFLICT: saved by somebody else meanwhile;
 * RC_INVALID: refused, see faults. own_role_id is that of who asks. */
enum rc role_add(
    struct db *db, struct role *role, const struct operator_actor *by, struct faults *faults);
enum rc role_save(struct db *db, const struct role *role, int64_t own_role_id,
    const struct operator_actor *by, struct faults *faults);
enum rc role_delete(
    struct db *db, const struct role *role, const struct operator_actor *by, struct faults *faults);

/* From now on this session sees the pages as that role does, as far as its own rights go, and
 * changes nothing. Ended by session_view_end. */
enum rc role_view(struct db *db, const struct session *session, const struct role *role,
    const struct operator_actor *by);

/* The role of an operator. */
enum rc role_of(struct db *db, int64_t operator_id, int64_t *role_id);

#endif
