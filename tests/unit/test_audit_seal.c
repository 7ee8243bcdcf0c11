#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../lib/model/audit_seal.c"

static const unsigned char ZERO[SECRET_DIGEST];

static struct audit_bytes
row(const char *actor, const char *address, const char *reason)
{
	struct audit_bytes bytes = { .text = { "1", "1700000000000", NULL, actor, address, "a.b",
					 "done", NULL, NULL, "", reason } };
	for (size_t i = 0; i < AUDIT_FIELDS; i++)
		bytes.length[i] = bytes.text[i] != NULL ? strlen(bytes.text[i]) : 0;
	return bytes;
}

/* The digest of the bytes as they are documented, so that another program can check the chain. */
static void
bytes_are_lengths_and_texts(void **state)
{
	static const char tail[] = "1:113:1700000000000-3:eva0:3:a.b4:done--0:-";
	unsigned char wanted[SECRET_DIGEST], digest[SECRET_DIGEST];
	char bytes[SECRET_DIGEST + sizeof(tail) - 1] = { 0 };
	struct audit_bytes one = row("eva", "", NULL);

	(void)state;
	memcpy(bytes + SECRET_DIGEST, tail, sizeof(tail) - 1);
	secret_digest(bytes, sizeof(bytes), wanted);
	audit_link(ZERO, &one, digest);
	assert_memory_equal(digest, wanted, SECRET_DIGEST);
}

static void
no_two_rows_have_the_same_bytes(void **state)
{
	struct audit_bytes rows[] = { row("ab", "c", ""), row("a", "bc", ""), row("abc", "", ""),
		row("abc", "", NULL), row("", "abc", NULL), row("ab", "c", NULL) };
	unsigned char digests[COUNT(rows)][SECRET_DIGEST];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		audit_link(ZERO, &rows[i], digests[i]);
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(digests[i], digests[k], SECRET_DIGEST);
	}
}

static void
every_link_holds_the_one_before(void **state)
{
	struct audit_bytes one = row("a", "", NULL), two = row("b", "", NULL);
	unsigned char first[SECRET_DIGEST], ab[SECRET_DIGEST], ba[SECRET_DIGEST];

	(void)state;
	audit_link(ZERO, &one, first);
	audit_link(first, &two, ab);
	audit_link(ZERO, &two, first);
	audit_link(first, &one, ba);
	assert_memory_not_equal(ab, ba, SECRET_DIGEST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_lengths_and_texts),
		cmocka_unit_test(no_two_rows_have_the_same_bytes),
		cmocka_unit_test(every_link_holds_the_one_before),
	};
	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
