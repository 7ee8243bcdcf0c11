#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "../../lib/base/secret.c"
#include "../../lib/base/text.h"

static void
digests_match_the_published_vectors(void **state)
{
	unsigned char digest[SECRET_DIGEST];
	char hex[2 * SECRET_DIGEST + 1];

	(void)state;
	secret_digest("abc", 3, digest);
	text_hex(digest, sizeof(digest), hex);
	assert_string_equal(
	    hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	secret_digest("", 0, digest);
	text_hex(digest, sizeof(digest), hex);
	assert_string_equal(
	    hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
the_mac_matches_the_published_vector(void **state)
{
	/* RFC 4231 test case 2; a key shorter than a block is padded with zeros. */
	static const unsigned char key[32] = "Jefe";
	unsigned char mac[SECRET_DIGEST];
	char hex[2 * SECRET_DIGEST + 1];

	(void)state;
	secret_mac(key, "what do ya want for nothing?", 28, mac);
	text_hex(mac, sizeof(mac), hex);
	assert_string_equal(
	    hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void
a_hash_opens_with_its_password_only(void **state)
{
	char hash[SECRET_HASH_MAX], other[SECRET_HASH_MAX];

	(void)state;
	assert_int_equal(secret_hash("电表 correct horse", hash), RC_OK);
	assert_int_equal(secret_hash("电表 correct horse", other), RC_OK);
	assert_string_not_equal(hash, other);
	assert_memory_equal(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
	assert_int_equal(secret_verify(hash, "电表 correct horse"), RC_OK);
	assert_int_equal(secret_verify(hash, "电表 correct horse "), RC_DENIED);
	assert_int_equal(secret_verify(hash, ""), RC_DENIED);
	assert_int_equal(secret_verify("", ""), RC_DENIED);
	assert_int_equal(secret_verify("$argon2id$broken", "x"), RC_DENIED);
}

/* Of the processor: others may be busy. */
static clock_t
time_of_verify(const char *hash)
{
	clock_t best = 0;

	for (int i = 0; i < 5; i++) {
		clock_t from = clock();
		assert_int_equal(secret_verify(hash, "wrong password"), RC_DENIED);
		clock_t took = clock() - from;
		best = i == 0 || took < best ? took : best;
	}
	return best;
}

static void
nobody_takes_as_long_as_somebody(void **state)
{
	char hash[SECRET_HASH_MAX];

	(void)state;
	assert_int_equal(secret_hash("right password", hash), RC_OK);
	clock_t known = time_of_verify(hash), unknown = time_of_verify(NULL);
	assert_true(unknown > known / 2 && unknown < known * 2);
}

static void
random_bytes_differ(void **state)
{
	unsigned char a[32] = { 0 }, b[32] = { 0 };

	(void)state;
	secret_random(a, sizeof(a));
	secret_random(b, sizeof(b));
	assert_false(secret_equal(a, b, sizeof(a)));
	assert_true(secret_equal(a, a, sizeof(a)));
}

static void
a_made_password_can_be_typed(void **state)
{
	char first[24], second[24];

	(void)state;
	secret_password(first, sizeof(first));
	secret_password(second, sizeof(second));
	assert_string_not_equal(first, second);
	assert_int_equal(strlen(first), 23);
	for (size_t i = 0; i < 23; i++) {
		if (i % 6 == 5)
			assert_int_equal(first[i], '-');
		else
			assert_non_null(strchr("abcdefghjkmnpqrstuvwxyz23456789", first[i]));
	}
}

static int
start(void **state)
{
	(void)state;
	secret_init();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_match_the_published_vectors),
		cmocka_unit_test(the_mac_matches_the_published_vector),
		cmocka_unit_test(a_hash_opens_with_its_password_only),
		cmocka_unit_test(nobody_takes_as_long_as_somebody),
		cmocka_unit_test(random_bytes_differ),
		cmocka_unit_test(a_made_password_can_be_typed),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
