/*
 * secret.h - randomness, digests, passwords. The owner of libsodium.
 */
#ifndef VOLTILL_SECRET_H
#define VOLTILL_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rc.h"

#define SECRET_DIGEST	32  /* bytes of secret_digest */
#define SECRET_HASH_MAX 128 /* bytes of a stored password hash with its NUL */

void secret_init(void); /* once per process, before anything else here */
void secret_random(void *bytes, size_t length);
/* SHA-256. */
void secret_digest(const void *bytes, size_t length, unsigned char digest[SECRET_DIGEST]);
/* HMAC-SHA-256 with a 32-byte key. */
void secret_mac(const unsigned char key[32], const void *bytes, size_t length,
    unsigned char mac[SECRET_DIGEST]);
bool secret_equal(const void *a, const void *b, size_t length); /* constant time */

/* Argon2id, 19 MiB, 2 passes: about 40 ms and 19 MiB each. hash has SECRET_HASH_MAX bytes. */
enum rc secret_hash(const char *password, char *hash);
/* RC_DENIED when it does not match. A NULL hash takes as long as a real one and is RC_DENIED. */
enum rc secret_verify(const char *hash, const char *password);

/* Encrypts so that a change is noticed. sealed has length + SECRET_SEAL bytes. */
#define SECRET_KEY  32
#define SECRET_SEAL 40
void secret_seal(
    const unsigned char key[SECRET_KEY], const void *bytes, size_t length, unsigned char *sealed);
/* sealed_length bytes become sealed_length - SECRET_SEAL. RC_DENIED: another key, or changed. */
enum rc secret_unseal(const unsigned char key[SECRET_KEY], const unsigned char *sealed,
    size_t sealed_length, void *bytes);
/* Reads 64 hex digits from a file. RC_NOT_FOUND without the file, RC_INVALID for anything else. */
enum rc secret_key_read(const char *path, unsigned char key[SECRET_KEY]);

/* A password for a person to type: 4 groups of 5 unambiguous characters. size ≥ 24. */
void secret_password(char *out, size_t size);

#endif
