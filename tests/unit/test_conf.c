#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/wait.h>

#include "../../lib/base/conf.c"

static char path[64];

static int
make_file(void **state)
{
	(void)state;
	strcpy(path, "/tmp/voltill-conf-XXXXXX");
	int file = mkstemp(path);
	return file < 0 ? -1 : close(file);
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static enum rc
load(struct conf *conf, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return conf_load(conf, path);
}

static void
defaults_are_in_force_without_a_file(void **state)
{
	struct conf conf;

	(void)state;
	conf_default(&conf);
	assert_string_equal(conf.database_name, "voltill");
	assert_int_equal(conf.web_workers, 2);
	assert_int_equal(conf.collector_max_buses, 900);
	assert_int_equal(conf.log_level, LOG_LEVEL_INFO);
}

static void
a_file_changes_what_it_names(void **state)
{
	struct conf conf;

	(void)state;
	conf_default(&conf);
	assert_int_equal(
	    load(&conf, "# remark\n[database]\nsocket = /tmp/a b.sock\n host=db\nname = \n"
			"\n[log]\nlevel = debug\n[web]\nworkers = 8 ; as many as cores\n"),
	    RC_OK);
	assert_string_equal(conf.database_socket, "/tmp/a b.sock");
	assert_string_equal(conf.database_host, "db");
	assert_string_equal(conf.database_name, "");
	assert_int_equal(conf.log_level, LOG_LEVEL_DEBUG);
	assert_int_equal(conf.web_workers, 8);
	assert_int_equal(conf.collector_lease_s, 20);
}

static void
a_wrong_file_changes_nothing(void **state)
{
	static const char *const wrong[] = {
		"[web]\nworkers = 0\n",
		"[web]\nworkers = 65\n",
		"[web]\nworkers = many\n",
		"[web]\nworkers = -1\n",
		"[web]\nworkers =\n",
		"[web]\nworkers = 1e1\n",
		"[web]\nworker = 4\n",
		"[webb]\nworkers = 4\n",
		"workers = 4\n",
		"[log]\nlevel = loud\n",
		"[collector]\nmax_buses = 901\n",
		"[web\nworkers = 4\n",
		"[web]\nworkers\n",
		"[database]\nname = \xff\xfe\n",
		"[web]\nworkers = 4\n[log]\nlevel = 9\n",
	};
	struct conf conf, before;

	(void)state;
	conf_default(&conf);
	before = conf;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_int_equal(load(&conf, wrong[i]), RC_INVALID);
		assert_memory_equal(&conf, &before, sizeof(conf));
	}
	assert_int_equal(conf_load(&conf, "/nonexistent/voltill.conf"), RC_INVALID);
}

static void
a_line_that_is_too_long_is_refused_not_split(void **state)
{
	char text[700] = "[database]\nname = ";
	struct conf conf;

	(void)state;
	conf_default(&conf);
	memset(text + strlen(text), 'x', 500);
	strcat(text, "\n");
	assert_int_equal(load(&conf, text), RC_INVALID);
	assert_string_equal(conf.database_name, "voltill");
}

static void
single_settings_come_from_the_command_line(void **state)
{
	static const char *const wrong[] = { "web.workers", "web=4", "=4", ".=4", "web.workers=x",
		"nothing.here=1", "web.workers=", "",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b=1" };
	struct conf conf;

	(void)state;
	conf_default(&conf);
	assert_int_equal(conf_set(&conf, "web.workers=4"), RC_OK);
	assert_int_equal(conf.web_workers, 4);
	assert_int_equal(conf_set(&conf, "database.name=a.b=c"), RC_OK);
	assert_string_equal(conf.database_name, "a.b=c");
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_int_equal(conf_set(&conf, wrong[i]), RC_INVALID);
}

static void
a_reload_takes_over_what_may_change(void **state)
{
	struct conf conf, fresh;

	(void)state;
	conf_default(&conf);
	conf_default(&fresh);
	assert_int_equal(conf_set(&fresh, "log.level=debug"), RC_OK);
	assert_int_equal(conf_set(&fresh, "database.name=other"), RC_OK);
	conf_reload(&conf, &fresh);
	assert_int_equal(conf.log_level, LOG_LEVEL_DEBUG);
	assert_string_equal(conf.database_name, "voltill");
}

static void
what_is_printed_can_be_loaded(void **state)
{
	struct conf conf, again;
	FILE *file = fopen(path, "w");

	(void)state;
	conf_default(&conf);
	assert_int_equal(conf_set(&conf, "web.workers=7"), RC_OK);
	assert_int_equal(conf_set(&conf, "log.level=warn"), RC_OK);
	conf_print(&conf, file);
	fclose(file);
	memset(&again, 0, sizeof(again));
	assert_int_equal(conf_load(&again, path), RC_OK);
	assert_memory_equal(&conf, &again, sizeof(conf));
}

static void
every_member_has_a_setting_and_every_setting_a_meaning(void **state)
{
	size_t bytes = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(settings); i++) {
		bytes += settings[i].kind == TEXT ? CONF_TEXT_MAX : sizeof(int64_t);
		assert_true(strlen(settings[i].meaning) > 10);
		assert_ptr_equal(find_setting(settings[i].section, settings[i].name), &settings[i]);
	}
	assert_int_equal(bytes, sizeof(struct conf));
}

static void
shared_options_leave_the_others(void **state)
{
	char set[] = "web.workers=3", file[128],
	     *argv[] = { "collector", "--socket", "/tmp/x", "--set", set, file, "--check-sql",
		     NULL };
	int argc = 7;
	struct conf conf;

	(void)state;
	snprintf(file, sizeof(file), "--config=%s", path);
	assert_int_equal(load(&conf, "[log]\nlevel = warn\n[web]\nworkers = 9\n"), RC_OK);
	conf_arguments(&conf, &argc, argv, "usage: collector");
	assert_int_equal(argc, 4);
	assert_string_equal(argv[1], "--socket");
	assert_string_equal(argv[3], "--check-sql");
	assert_null(argv[4]);
	assert_int_equal(conf.log_level, LOG_LEVEL_WARN);
	assert_int_equal(conf.web_workers, 3);
}

/* Exit status of a program with that one option. */
static int
status_of(char *option)
{
	char *argv[] = { "collector", option, NULL };
	int argc = 2, status;
	struct conf conf;
	pid_t child = fork();

	if (child == 0) {
		int nowhere = open("/dev/null", O_WRONLY);
		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
		conf_arguments(&conf, &argc, argv, "usage: collector");
		_exit(77);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WEXITSTATUS(status);
}

static void
wrong_use_ends_with_status_2(void **state)
{
	(void)state;
	unsetenv("RUN_DIR");
	assert_int_equal(status_of("--config"), 2);
	assert_int_equal(status_of("--config=/nonexistent"), 2);
	assert_int_equal(status_of("--set=x"), 2);
	assert_int_equal(status_of("--version"), 0);
	assert_int_equal(status_of("--help"), 0);
	assert_int_equal(status_of("--print-config"), 0);
	assert_int_equal(status_of("--other"), 77);
	setenv("RUN_DIR", "/nonexistent", 1);
	assert_int_equal(status_of("--other"), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_in_force_without_a_file),
		cmocka_unit_test(a_file_changes_what_it_names),
		cmocka_unit_test(a_wrong_file_changes_nothing),
		cmocka_unit_test(a_line_that_is_too_long_is_refused_not_split),
		cmocka_unit_test(single_settings_come_from_the_command_line),
		cmocka_unit_test(a_reload_takes_over_what_may_change),
		cmocka_unit_test(what_is_printed_can_be_loaded),
		cmocka_unit_test(every_member_has_a_setting_and_every_setting_a_meaning),
		cmocka_unit_test(shared_options_leave_the_others),
		cmocka_unit_test(wrong_use_ends_with_status_2),
	};
	return cmocka_run_group_tests(tests, make_file, remove_file);
}
