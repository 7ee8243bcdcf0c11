/*
 * operator_people.h - operators as an administrator sees and changes them.
 *
 * Who asks is part of every question: a person limited to buildings sees those whose buildings are
 * all among them, and gives none that are not. What is refused:
 *   - to change one's own role or buildings, or to disable oneself,
 *   - whatever would leave nobody who may edit operators.
 * A hash, a secret or a recovery code is never read here.
 */
#ifndef VOLTILL_OPERATOR_PEOPLE_H
#define VOLTILL_OPERATOR_PEOPLE_H

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/fault.h"
#include "model/operator.h"
#include "model/scope.h"

#define PERSON_PHONE_MAX  20
#define PERSON_SCOPES_MAX 200		    /* sites and buildings of one person */
#define PERSON_ONE_TIME	  (24 * CLOCK_HOUR) /* a password made by somebody else is good for so long \
					     */

enum person_state {
	PERSON_OPEN,
	PERSON_NEW,	/* has a one-time password yet */
	PERSON_WAITING, /* too many failures: has to wait */
	PERSON_DISABLED,
	PERSON_STATES
};
const char *person_state_name(enum person_state state); /* "open" … under T.Person */

struct person {
	int64_t operator_id, role_id, revision;
	char username[OPERATOR_USERNAME_MAX + 1];
	char name[OPERATOR_NAME_MAX * 4 + 1];
	char phone[PERSON_PHONE_MAX * 4 + 1];
	int64_t scope[PERSON_SCOPES_MAX]; /* none: everything */
	size_t scope_count;
	/* What is only shown. */
	const char *role, *role_name, *buildings; /* role_name "" for those of every installation */
	int64_t created_at, signed_in_at, password_at, totp_since, sessions;
	enum person_state state;
};

struct person_filter {
	const struct scope *scope;
	int64_t self;	    /* who asks sees himself in any case */
	const char *search; /* folded; "": everyone */
	int64_t role_id;    /* 0: all */
	int state;	    /* enum person_state, -1: all */
	int64_t now;
};
enum person_sort { PERSON_BY_USERNAME, PERSON_BY_NAME, PERSON_BY_ROLE, PERSON_BY_SIGN_IN };

enum rc person_count(struct db *db, const struct person_filter *filter, int64_t *count);
enum rc person_list(struct db *db, struct arena *arena, const struct person_filter *filter,
    enum person_sort sort, bool is_descending, int64_t limit, int64_t offset, struct person **list,
    size_t *count);
/* Rows for export_answer: username, display_name, phone, role, role_name, buildings, state,
 * signed_in_at, created_at, totp_since. */
enum rc person_export(struct db *db, const struct person_filter *filter, struct rows **rows);
/* RC_NOT_FOUND: nobody, or not to be seen. */
enum rc person_find(struct db *db, struct arena *arena, const struct person_filter *filter,
    int64_t operator_id, struct person *person);

/* What is wrong with the typed values. */
void person_validate(const struct person *person, struct faults *faults);

/* Each is one transaction with its audit row. RC_CONFLICT: somebody saved meanwhile, or for a new
 * one the name is taken; RC_INVALID: refused, see faults. */
enum rc person_add(struct db *db, struct person *person, const char *hash,
    const struct person_filter *asker, const struct operator_actor *by, struct faults *faults);
enum rc person_save(struct db *db, const struct person *person, const struct person_filter *asker,
    const struct operator_actor *by, struct faults *faults);
enum rc person_disable(struct db *db, const struct person *person, const char *reason,
    const struct operator_actor *by, struct faults *faults);
enum rc person_enable(struct db *db, const struct person *person, const struct operator_actor *by);
/* Stores a one-time password and ends the sessions. */
enum rc person_password(
    struct db *db, const struct person *person, const char *hash, const struct operator_actor *by);
enum rc person_end_sessions(
    struct db *db, const struct person *person, const struct operator_actor *by);
/* Forgets failed sign-ins of that name. */
enum rc person_unlock(struct db *db, const struct person *person, const struct operator_actor *by);

/* Sites and buildings to choose from, those of the scope: Id, Text ("Site / Building"). */
struct person_place {
	int64_t place_id;
	const char *text;
};
enum rc person_places(struct db *db, struct arena *arena, const struct scope *scope,
    struct person_place **places, size_t *count);

/* For transactions that take operator.edit from somebody: locks it and counts the people who may
 * sign in and hold it, without operator_id and without those of role_id (0: nobody is left out). */
enum rc person_editors(struct db *db, int64_t operator_id, int64_t role_id, int64_t *count);

#endif
