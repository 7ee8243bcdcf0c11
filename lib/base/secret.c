#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"

#define HASH_PASSES 2
#define HASH_MEMORY (19UL * 1024 * 1024)

static_assert(SECRET_HASH_MAX >= crypto_pwhash_STRBYTES, "a stored hash fits");
static_assert(SECRET_KEY == crypto_secretbox_KEYBYTES &&
		  SECRET_SEAL == crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES,
    "a sealed secret is its nonce, its tag and itself");
static_assert(SECRET_DIGEST == crypto_hash_sha256_BYTES, "SHA-256");

/* Hash of a password that nobody knows, with the parameters of a real one: checking an account that
 * does not exist takes as long as checking one that does. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXRoaW5nc2FsdHlpbg$"
			     "J5mQ2nL0o4kq1m9VqR8xYvH6bT3dWcZ7sEfGhUiKpXo";

void
secret_init(void)
{
	if (sodium_init() < 0)
		log_fatal("secret", "libsodium does not start");
}

void
secret_random(void *bytes, size_t length)
{
	randombytes_buf(bytes, length);
}

void
secret_digest(const void *bytes, size_t length, unsigned char digest[SECRET_DIGEST])
{
	(void)crypto_hash_sha256(digest, bytes, length);
}

void
secret_mac(
    const unsigned char key[32], const void *bytes, size_t length, unsigned char mac[SECRET_DIGEST])
{
	(void)crypto_auth_hmacsha256(mac, bytes, length, key);
}

bool
secret_equal(const void *a, const void *b, size_t length)
{
	return sodium_memcmp(a, b, length) == 0;
}

enum rc
secret_hash(const char *password, char *hash)
{
	if (crypto_pwhash_str_alg(hash, password, strlen(password), HASH_PASSES, HASH_MEMORY,
		crypto_pwhash_ALG_ARGON2ID13) != 0) {
		log_error("password", "no memory to hash it");
		return RC_UNAVAILABLE;
	}
	return RC_OK;
}

enum rc
secret_verify(const char *hash, const char *password)
{
	char stored[crypto_pwhash_STRBYTES] = "";

	(void)text_copy(stored, sizeof(stored), hash == NULL ? nobody : hash);
	int result = crypto_pwhash_str_verify(stored, password, strlen(password));
	return result == 0 && hash != NULL ? RC_OK : RC_DENIED;
}

void
secret_password(char *out, size_t size)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";

	assert(size >= 24);
	for (size_t i = 0; i < 23; i++)
		out[i] = i % 6 == 5 ? '-' : letters[randombytes_uniform(sizeof(letters) - 1)];
	out[23] = '\0';
}

void
secret_seal(
    const unsigned char key[SECRET_KEY], const void *bytes, size_t length, unsigned char *sealed)
{
	secret_random(sealed, crypto_secretbox_NONCEBYTES);
	(void)crypto_secretbox_easy(
	    sealed + crypto_secretbox_NONCEBYTES, bytes, length, sealed, key);
}

enum rc
secret_unseal(const unsigned char key[SECRET_KEY], const unsigned char *sealed,
    size_t sealed_length, void *bytes)
{
	if (sealed_length < SECRET_SEAL)
		return RC_DENIED;
	return crypto_secretbox_open_easy(bytes, sealed + crypto_secretbox_NONCEBYTES,
		   sealed_length - crypto_secretbox_NONCEBYTES, sealed, key) == 0
		   ? RC_OK
		   : RC_DENIED;
}

enum rc
secret_key_read(const char *path, unsigned char key[SECRET_KEY])
{
	char line[2 * SECRET_KEY + 2] = "";
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return RC_NOT_FOUND;
	bool has_line = fgets(line, sizeof(line), file) != NULL;
	(void)fclose(file);
	line[strcspn(line, "\r\n")] = '\0';
	enum rc rc = has_line ? text_unhex(line, key, SECRET_KEY) : RC_INVALID;
	sodium_memzero(line, sizeof(line));
	return rc;
}
