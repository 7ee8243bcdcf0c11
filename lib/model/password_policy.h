/*
 * password_policy.h - what the settings ask of passwords, and which were used before.
 */
#ifndef VOLTILL_PASSWORD_POLICY_H
#define VOLTILL_PASSWORD_POLICY_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/password.h"

#define PASSWORD_HISTORY_MAX 24

struct password_policy {
	struct password_rules rules;
	int64_t max_age_days; /* 0: a password never expires */
	int64_t history;      /* how many earlier ones may not come back; 0: the present one only */
};

/* What is missing or unreadable counts as its default. */
enum rc password_policy_read(struct db *db, struct password_policy *policy);

/* The newest hashes of an operator, the present one first; at most max. For the program that may
 * read them. */
enum rc password_history(struct db *db, int64_t operator_id, size_t max, struct arena *arena,
    const char **hashes, size_t *count);

/* Remembers the hash of a password that was set at now. Inside the caller's transaction. */
enum rc password_remember(struct db *db, int64_t operator_id, const char *hash, int64_t now);

#endif
