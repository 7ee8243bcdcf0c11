#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/base/log.c"

static char written[16384];

/* What one call writes to stderr. */
#define CAPTURE(call)                        \
	do {                                 \
		int saved = begin_capture(); \
		call;                        \
		end_capture(saved);          \
	} while (0)

static FILE *capture;

static int
begin_capture(void)
{
	int saved = dup(STDERR_FILENO);

	capture = tmpfile();
	dup2(fileno(capture), STDERR_FILENO);
	return saved;
}

static void
end_capture(int saved)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(capture);
	written[fread(written, 1, sizeof(written) - 1, capture)] = '\0';
	fclose(capture);
}

static size_t
lines(void)
{
	size_t count = 0;

	for (const char *at = written; (at = strchr(at, '\n')) != NULL; at++)
		count++;
	return count;
}

/* The line after its "]": what the caller said. */
static const char *
said(void)
{
	const char *end = strchr(written, ']');

	assert_non_null(end);
	return end + 2;
}

static void
a_line_names_time_program_and_subject(void **state)
{
	char program[32];
	int level, year, pid;

	(void)state;
	log_open("collector", LOG_LEVEL_INFO);
	CAPTURE(log_error("bus 4", "no answer from %s", "127.0.0.1:5021"));
	assert_int_equal(sscanf(written, "<%d>%d-%*d-%*dT%*d:%*d:%*d.%*dZ %31[a-z][%d]", &level,
			     &year, program, &pid),
	    4);
	assert_int_equal(level, 3);
	assert_true(year >= 2024);
	assert_string_equal(program, "collector");
	assert_int_equal(pid, getpid());
	assert_string_equal(said(), "bus 4: no answer from 127.0.0.1:5021\n");
}

static void
no_value_can_forge_a_line(void **state)
{
	(void)state;
	CAPTURE(log_warn("x\n<3>y", "%s", "\n2026-11-23 login ok\r\x1b[31m\x7f"));
	assert_int_equal(lines(), 1);
	assert_string_equal(said(), "x\\x0a<3>y: \\x0a2026-11-23 login ok\\x0d\\x1b[31m\\x7f\n");
	CAPTURE(log_warn("s", "%s", "\xc2\x85\xe2\x80\xa8\xff\xc0\xaf"));
	assert_string_equal(said(), "s: \\xc2\\x85\\xe2\\x80\\xa8\\xff\\xc0\\xaf\n");
}

static void
chinese_stays_readable(void **state)
{
	(void)state;
	CAPTURE(log_info("电表 7", "失联 %d min 😀", 14));
	assert_string_equal(said(), "电表 7: 失联 14 min 😀\n");
}

static void
a_long_text_is_cut_to_one_line(void **state)
{
	static char text[20000];

	(void)state;
	memset(text, '\n', sizeof(text) - 1);
	CAPTURE(log_error("s", "%s", text));
	assert_int_equal(lines(), 1);
	assert_true(strlen(written) <= LINE_MAX_BYTES);
	memset(text, 'x', sizeof(text) - 1);
	CAPTURE(log_error(text, "%s", text));
	assert_int_equal(lines(), 1);
	assert_true(strlen(written) <= LINE_MAX_BYTES);
	assert_true(strlen(written) > LINE_MAX_BYTES - 16);
}

static void
less_important_lines_are_not_written(void **state)
{
	(void)state;
	log_open("collector", LOG_LEVEL_WARN);
	CAPTURE(log_info("s", "x"));
	assert_string_equal(written, "");
	CAPTURE(log_warn("s", "x"));
	assert_int_equal(lines(), 1);
	log_open("collector", LOG_LEVEL_DEBUG);
	CAPTURE(log_debug("s", "x"));
	assert_memory_equal(written, "<7>", 3);
}

static void
logging_keeps_errno(void **state)
{
	(void)state;
	errno = ENOENT;
	CAPTURE(log_error("s", "%m"));
	assert_string_equal(said(), "s: No such file or directory\n");
	errno = EIO;
	log_debug("s", "x");
	assert_int_equal(errno, EIO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_names_time_program_and_subject),
		cmocka_unit_test(no_value_can_forge_a_line),
		cmocka_unit_test(chinese_stays_readable),
		cmocka_unit_test(a_long_text_is_cut_to_one_line),
		cmocka_unit_test(less_important_lines_are_not_written),
		cmocka_unit_test(logging_keeps_errno),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
