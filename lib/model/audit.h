/*
 * audit.h - what people did, for ever.
 *
 * audit_write belongs into the transaction of the deed: when the row cannot be written the deed
 * does not happen. Rows are never changed or deleted; grants and triggers refuse it.
 */
#ifndef VOLTILL_AUDIT_H
#define VOLTILL_AUDIT_H

#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"

enum audit_outcome { AUDIT_DONE, AUDIT_REFUSED, AUDIT_FAILED };

struct audit {
	int64_t at;
	int64_t operator_id; /* 0: nobody was signed in, or a program acted */
	const char *actor;   /* user name as typed, or the program; cleaned and cut here */
	const char *address; /* "" for a program */
	const char *action;  /* noun.verb, such as "session.begin" */
	enum audit_outcome outcome;
	const char *object_kind; /* NULL: none */
	int64_t object_id;	 /* 0: none */
	const char *detail;	 /* before -> after of changed fields only; NULL: "" */
	const char *reason;	 /* NULL: none given */
};

enum rc audit_write(struct db *db, const struct audit *audit);

#endif
