/*
 * voltillctl audit …: seals the audit, and says whether anybody touched it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "ctl.h"
#include "model/audit_seal.h"

#define ROUND_MS     1000
#define BEHIND	     2000 /* a row whose transaction ended late has one of the last numbers … */
#define SWEEP_MS     CLOCK_HOUR /* … or is found when all of them are looked at */
#define ANCHOR_MS    CLOCK_HOUR /* the newest digest goes into the log this often */
#define PATIENCE_MIN 10
#define HEX	     (2 * SECRET_DIGEST + 1)

static const char USAGE[] =
    "usage: voltillctl audit verify [--anchor SEQ:DIGEST] [--minutes N]\n"
    "       voltillctl audit anchor\n"
    "       voltillctl audit seal [--follow]\n"
    "verify walks the chain and names the first fault (exit status 1). Rows that wait longer than N\n"
    "minutes (10) for their seal are a fault, too. anchor prints the newest link; written down where\n"
    "nobody of this system can reach it, it lets verify notice a chain that was cut off or made anew.\n"
    "seal adds the rows that are not sealed yet; with --follow it goes on doing so.\n";

static enum rc
usage(void)
{
	(void)fputs(USAGE, stderr);
	return RC_INVALID;
}

static void
pause_ms(int64_t ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	(void)nanosleep(&time, NULL);
}

/* Everything that is committed from that number on. */
static enum rc
seal_all(struct db *db, int64_t from_id, int64_t *total)
{
	int64_t sealed;
	enum rc rc;

	do {
		if ((rc = audit_seal(db, &from_id, clock_now(), &sealed)) != RC_OK)
			return rc;
		*total += sealed;
	} while (sealed == AUDIT_SEAL_BATCH);
	return RC_OK;
}

static enum rc
log_anchor(struct db *db)
{
	struct audit_anchor end;
	char hex[HEX];
	enum rc rc = audit_seal_newest(db, &end);

	if (rc != RC_OK || end.seq == 0)
		return rc;
	text_hex(end.digest, sizeof(end.digest), hex);
	log_info("audit", "sealed up to %" PRId64 ":%s", end.seq, hex);
	return RC_OK;
}

/* Runs until it is told to stop. Troubles of the database end by themselves; db.c logs them. */
static void __attribute__((noreturn)) follow(struct db *db)
{
	int64_t swept_at = 0, told_at = 0, total = 0, told = -1;
	bool is_second = false;

	for (;; pause_ms(ROUND_MS)) {
		int64_t now = clock_mono(), from_id = 0;
		bool is_sweep = swept_at == 0 || now - swept_at >= SWEEP_MS;
		enum rc rc = is_sweep ? RC_OK : audit_seal_greatest(db, &from_id);
		if (rc == RC_OK)
			rc = seal_all(db, from_id > BEHIND ? from_id - BEHIND : 0, &total);
		if (rc == RC_CONFLICT && !is_second)
			log_warn("audit", "another sealer is at work; waiting");
		is_second = rc == RC_CONFLICT;
		if (rc == RC_OK && is_sweep)
			swept_at = now;
		if (rc == RC_OK && total != told && (told_at == 0 || now - told_at >= ANCHOR_MS) &&
		    log_anchor(db) == RC_OK) {
			told_at = now;
			told = total;
		}
	}
}

static enum rc
seal(struct db *db, int argc, char **argv)
{
	int64_t total = 0;

	if (argc == 3 && strcmp(argv[2], "--follow") == 0)
		follow(db);
	if (argc != 2)
		return usage();
	enum rc rc = seal_all(db, 0, &total);
	if (rc == RC_CONFLICT)
		(void)fprintf(stderr, "voltillctl: another sealer is at work\n");
	if (rc == RC_OK)
		(void)printf("sealed %" PRId64 "\n", total);
	return rc;
}

static enum rc
print_anchor(struct db *db)
{
	struct audit_anchor end;
	char hex[HEX];
	enum rc rc = audit_seal_newest(db, &end);

	if (rc != RC_OK)
		return rc;
	text_hex(end.digest, sizeof(end.digest), hex);
	(void)printf("%" PRId64 ":%s\n", end.seq, hex);
	return RC_OK;
}

/* "1200:9f86d0…" */
static enum rc
parse_anchor(const char *text, struct audit_anchor *anchor)
{
	char number[24];
	size_t length = strcspn(text, ":");

	if (text[length] != ':' || length >= sizeof(number))
		return RC_INVALID;
	memcpy(number, text, length);
	number[length] = '\0';
	if (text_parse_uint(number, INT64_MAX, &anchor->seq) != RC_OK)
		return RC_INVALID;
	return text_unhex(text + length + 1, anchor->digest, sizeof(anchor->digest));
}

static void
print_fault(const struct audit_verdict *verdict)
{
	char at[32];

	(void)printf("BROKEN: ");
	switch (verdict->kind) {
	case AUDIT_GAP:
		(void)printf("a link is missing before %" PRId64 "\n", verdict->seq);
		break;
	case AUDIT_MISSING:
		(void)printf("link %" PRId64 ": audit row %" PRId64 " is gone\n", verdict->seq,
		    verdict->audit_id);
		break;
	case AUDIT_CHANGED:
		(void)printf("link %" PRId64 ": audit row %" PRId64
			     ", or the link itself, was changed after it was sealed\n",
		    verdict->seq, verdict->audit_id);
		break;
	case AUDIT_ANCHOR:
		(void)printf("link %" PRId64 " is not the one of the anchor\n", verdict->seq);
		break;
	case AUDIT_LATE:
		clock_format(verdict->late_at, at, sizeof(at));
		(void)printf("%" PRId64 " rows are not sealed, the oldest of %s; does the sealer "
			     "run?\n",
		    verdict->late, at);
		break;
	case AUDIT_WHOLE:
		break;
	}
	(void)printf("%" PRId64 " links before it are right\n", verdict->links);
}

static enum rc
verify(struct db *db, int argc, char **argv)
{
	struct audit_anchor anchor = { 0 };
	struct audit_verdict verdict;
	int64_t minutes = PATIENCE_MIN;

	for (int i = 2; i < argc; i += 2) {
		if (i + 1 == argc)
			return usage();
		if (strcmp(argv[i], "--anchor") == 0) {
			if (parse_anchor(argv[i + 1], &anchor) != RC_OK)
				return usage();
		} else if (strcmp(argv[i], "--minutes") != 0 ||
			   text_parse_uint(argv[i + 1], 100000, &minutes) != RC_OK) {
			return usage();
		}
	}
	enum rc rc = audit_verify(db, &anchor, minutes * CLOCK_MINUTE, clock_now(), &verdict);
	if (rc != RC_OK)
		return rc;
	if (verdict.kind != AUDIT_WHOLE) {
		print_fault(&verdict);
		return RC_CONFLICT;
	}
	(void)printf("OK: %" PRId64 " links\n", verdict.links);
	return RC_OK;
}

enum rc
ctl_audit(struct ctl *ctl, int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "verify") == 0)
		return verify(ctl->db, argc, argv);
	if (argc == 2 && strcmp(argv[1], "anchor") == 0)
		return print_anchor(ctl->db);
	if (argc >= 2 && strcmp(argv[1], "seal") == 0)
		return seal(ctl->db, argc, argv);
	return usage();
}
