/*
 * audit_seal.h - the chain over the audit.
 *
 * Each link holds SHA-256(digest of the link before, bytes of one audit row). It is written behind
 * the deeds by one sealer, so that people do not wait for each other. The order of sealing counts,
 * not that of the numbers: a row whose transaction ends late is sealed later. Whoever changes or
 * removes a sealed row breaks the chain from there on; who writes the newest digest down elsewhere
 * (an anchor) also notices when the end of the chain was cut off or all of it made anew.
 */
#ifndef VOLTILL_AUDIT_SEAL_H
#define VOLTILL_AUDIT_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "base/secret.h"

/* The columns of an audit row in the order of the table; at as ms UTC. NULL is not the same as "".
 */
#define AUDIT_FIELDS 11
struct audit_bytes {
	const char *text[AUDIT_FIELDS];
	size_t length[AUDIT_FIELDS];
};

/* Pure. digest may be previous. */
void audit_link(const unsigned char previous[SECRET_DIGEST], const struct audit_bytes *row,
    unsigned char digest[SECRET_DIGEST]);

struct audit_anchor {
	int64_t seq; /* 0: nothing is sealed yet */
	unsigned char digest[SECRET_DIGEST];
};

/* Seals rows that are not yet, from number *from_id on and at most AUDIT_SEAL_BATCH, in one
 * transaction; *from_id is then the number behind the last of them. RC_CONFLICT: another sealer is
 * at it. */
#define AUDIT_SEAL_BATCH 500
enum rc audit_seal(struct db *db, int64_t *from_id, int64_t now, int64_t *sealed);
/* The newest link. */
enum rc audit_seal_newest(struct db *db, struct audit_anchor *anchor);
/* Greatest number of an audit row that is sealed. */
enum rc audit_seal_greatest(struct db *db, int64_t *audit_id);

enum audit_break {
	AUDIT_WHOLE,
	AUDIT_GAP,     /* a link is missing before seq */
	AUDIT_MISSING, /* the row of seq is gone */
	AUDIT_CHANGED, /* the row of seq, or its link, is not what was sealed */
	AUDIT_ANCHOR,  /* the link of the anchor is gone or another one */
	AUDIT_LATE,    /* rows older than the patience are not sealed */
};

struct audit_verdict {
	enum audit_break kind;
	int64_t links;		 /* that were right */
	int64_t seq, audit_id;	 /* where it breaks */
	int64_t late, late_at;	 /* rows not sealed in time, and the oldest of them */
	struct audit_anchor end; /* the newest link that is right */
};

/* Walks the chain in constant memory and stops at the first fault. anchor may be NULL. */
enum rc audit_verify(struct db *db, const struct audit_anchor *anchor, int64_t patience_ms,
    int64_t now, struct audit_verdict *verdict);

#endif
