#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ini.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"

#define INSTALLED_FILE "/etc/voltill/voltill.conf"

enum kind { TEXT, NUMBER, LEVEL };

struct setting {
	const char *section, *name;
	enum kind kind;
	size_t offset;
	const char *standard; /* value when nobody says anything */
	int64_t least, most;  /* of a NUMBER */
	bool is_reloadable;
	const char *meaning;
};

#define AT(member) offsetof(struct conf, member)

static const struct setting settings[] = {
	{ "database", "socket", TEXT, AT(database_socket), "/run/mysqld/mysqld.sock", 0, 0, false,
	    "unix socket of MariaDB; empty: host and port are used" },
	{ "database", "host", TEXT, AT(database_host), "127.0.0.1", 0, 0, false,
	    "used when socket is empty" },
	{ "database", "port", NUMBER, AT(database_port), "3306", 1, 65535, false, "port at host" },
	{ "database", "name", TEXT, AT(database_name), "voltill", 0, 0, false,
	    "name of the database" },
	{ "database", "ca", TEXT, AT(database_ca), "", 0, 0, false,
	    "file with the authority that signed the server's certificate; needed with host" },
	{ "database", "credentials", TEXT, AT(database_credentials), "/etc/voltill/credentials", 0,
	    0, false, "folder with one file per database account, the password on its first line" },
	{ "log", "level", LEVEL, AT(log_level), "info", 0, 0, true,
	    "least important line that is written: error, warn, info or debug" },
	{ "web", "workers", NUMBER, AT(web_workers), "2", 1, 64, true, "processes per program" },
	{ "web", "templates", TEXT, AT(web_templates), "/usr/share/voltill/templates", 0, 0, false,
	    "folder of the page templates and languages" },
	{ "web", "static", TEXT, AT(web_static), "/usr/share/voltill/static", 0, 0, false,
	    "folder of style sheets, scripts and images" },
	{ "web", "spool", TEXT, AT(web_spool), "/var/lib/voltill/export", 0, 0, false,
	    "folder of finished exports, which nginx hands out" },
	{ "collector", "name", TEXT, AT(collector_name), "", 0, 0, false,
	    "owner of leases, different on each machine; empty: the host name" },
	{ "collector", "spool", TEXT, AT(collector_spool), "/var/lib/voltill/spool", 0, 0, false,
	    "folder for readings while the database is away" },
	{ "collector", "spool_mb", NUMBER, AT(collector_spool_mb), "1024", 1, 1048576, true,
	    "most that the spool may hold, in MB" },
	{ "collector", "max_buses", NUMBER, AT(collector_max_buses), "900", 1, 900, true,
	    "most buses of one collector; more need a second one" },
	{ "collector", "lease_s", NUMBER, AT(collector_lease_s), "20", 2, 600, false,
	    "a bus is free for another collector after so many seconds without renewal" },
	{ "collector", "doorbell", TEXT, AT(collector_doorbell), "/run/voltill/doorbell.sock", 0, 0,
	    false, "datagram socket that wakes the collector; empty: it looks once a second" },
	{ "collector", "gateway_delay_ms", NUMBER, AT(collector_gateway_delay_ms), "2000", 0, 60000,
	    false, "longest time that a gateway keeps a request before the meter gets it" },
	{ "ctl", "sql", TEXT, AT(ctl_sql), "/usr/share/voltill/sql", 0, 0, false,
	    "folder of the migrations, views, triggers and grants" },
};

static const struct {
	const char *name;
	enum log_level level;
} levels[] = {
	{ "error", LOG_LEVEL_ERROR },
	{ "warn", LOG_LEVEL_WARN },
	{ "info", LOG_LEVEL_INFO },
	{ "debug", LOG_LEVEL_DEBUG },
};

static const char *
text_of(const struct conf *conf, const struct setting *setting)
{
	return (const char *)conf + setting->offset;
}

static int64_t
number_of(const struct conf *conf, const struct setting *setting)
{
	int64_t number;

	memcpy(&number, (const char *)conf + setting->offset, sizeof(number));
	return number;
}

static const char *
level_name(int64_t level)
{
	for (size_t i = 0; i < COUNT(levels); i++) {
		if ((int64_t)levels[i].level == level)
			return levels[i].name;
	}
	return "info";
}

/* The value as it stands in a file. */
static void
format_value(const struct conf *conf, const struct setting *setting, char *text, size_t size)
{
	if (setting->kind == TEXT)
		(void)text_copy(text, size, text_of(conf, setting));
	else if (setting->kind == LEVEL)
		(void)text_copy(text, size, level_name(number_of(conf, setting)));
	else
		(void)snprintf(text, size, "%" PRId64, number_of(conf, setting));
}

static bool
parse_number(const struct setting *setting, const char *value, int64_t *number)
{
	if (setting->kind == NUMBER)
		return text_parse_uint(value, setting->most, number) == RC_OK &&
		       *number >= setting->least;
	for (size_t i = 0; i < COUNT(levels); i++) {
		if (strcmp(levels[i].name, value) == 0) {
			*number = levels[i].level;
			return true;
		}
	}
	return false;
}

static bool
store_value(struct conf *conf, const struct setting *setting, const char *value)
{
	int64_t number;

	if (setting->kind == TEXT) {
		if (strlen(value) >= CONF_TEXT_MAX || !text_is_utf8(value, strlen(value)))
			return false;
		/* All of it: two equal configurations are equal byte by byte. */
		memset((char *)conf + setting->offset, 0, CONF_TEXT_MAX);
		memcpy((char *)conf + setting->offset, value, strlen(value));
		return true;
	}
	if (!parse_number(setting, value, &number))
		return false;
	memcpy((char *)conf + setting->offset, &number, sizeof(number));
	return true;
}

static const struct setting *
find_setting(const char *section, const char *name)
{
	for (size_t i = 0; i < COUNT(settings); i++) {
		if (strcmp(settings[i].section, section) == 0 &&
		    strcmp(settings[i].name, name) == 0)
			return &settings[i];
	}
	return NULL;
}

/* One assignment; place says in the log where it stands. */
static bool
assign(
    struct conf *conf, const char *place, const char *section, const char *name, const char *value)
{
	const struct setting *setting = find_setting(section, name);

	if (setting == NULL) {
		log_error(place, "there is no setting %s in [%s]", name, section);
		return false;
	}
	if (store_value(conf, setting, value))
		return true;
	if (setting->kind == NUMBER)
		log_error(place,
		    "%s.%s must be a number from %" PRId64 " to %" PRId64 ", not \"%s\"", section,
		    name, setting->least, setting->most, value);
	else
		log_error(place, "%s.%s cannot be \"%s\"", section, name, value);
	return false;
}

void
conf_default(struct conf *conf)
{
	*conf = (struct conf){ 0 };
	for (size_t i = 0; i < COUNT(settings); i++) {
		if (!store_value(conf, &settings[i], settings[i].standard))
			log_fatal("settings", "the default of %s is wrong", settings[i].name);
	}
}

/* ---- the file ---- */

struct source {
	FILE *file;
	const char *path;
	int line;
	bool is_bad;
	struct conf conf;
};

/* Hands inih one line and counts it. Leading spaces go, because inih would take the line for the
 * continuation of a value; a line that does not fit is an error, because inih would split it. */
static char *
read_line(char *line, int size, void *context)
{
	struct source *source = context;

	if (fgets(line, size, source->file) == NULL)
		return NULL;
	source->line++;
	size_t length = strlen(line);
	if (length == (size_t)size - 1 && line[length - 1] != '\n' && !feof(source->file)) {
		log_error(source->path, "line %d is too long", source->line);
		source->is_bad = true;
	}
	size_t spaces = strspn(line, " \t");
	memmove(line, line + spaces, length - spaces + 1);
	return line;
}

static int
take_line(void *context, const char *section, const char *name, const char *value)
{
	struct source *source = context;
	char place[CONF_TEXT_MAX + 16];

	(void)snprintf(place, sizeof(place), "%s:%d", source->path, source->line);
	if (assign(&source->conf, place, section, name, value))
		return 1;
	source->is_bad = true;
	return 1;
}

enum rc
conf_load(struct conf *conf, const char *path)
{
	struct source source = { .file = fopen(path, "re"), .path = path, .conf = *conf };

	if (source.file == NULL) {
		log_error(path, "cannot be read: %m");
		return RC_INVALID;
	}
	int bad_line = ini_parse_stream(read_line, &source, take_line, &source);
	if (bad_line > 0)
		log_error(path, "line %d is neither a section nor a setting", bad_line);
	bool is_bad = source.is_bad || bad_line != 0 || ferror(source.file);
	(void)fclose(source.file);
	if (is_bad)
		return RC_INVALID;
	*conf = source.conf;
	return RC_OK;
}

enum rc
conf_set(struct conf *conf, const char *assignment)
{
	const char *point = strchr(assignment, '.'), *equals = strchr(assignment, '=');
	char section[32], name[32];

	if (point == NULL || equals == NULL || point > equals ||
	    (size_t)(point - assignment) >= sizeof(section) ||
	    (size_t)(equals - point) > sizeof(name)) {
		log_error("--set", "%s is not of the form section.name=value", assignment);
		return RC_INVALID;
	}
	(void)snprintf(section, sizeof(section), "%.*s", (int)(point - assignment), assignment);
	(void)snprintf(name, sizeof(name), "%.*s", (int)(equals - point - 1), point + 1);
	return assign(conf, "--set", section, name, equals + 1) ? RC_OK : RC_INVALID;
}

void
conf_reload(struct conf *conf, const struct conf *fresh)
{
	for (size_t i = 0; i < COUNT(settings); i++) {
		const struct setting *setting = &settings[i];
		char before[CONF_TEXT_MAX], after[CONF_TEXT_MAX];
		format_value(conf, setting, before, sizeof(before));
		format_value(fresh, setting, after, sizeof(after));
		if (strcmp(before, after) == 0)
			continue;
		if (setting->is_reloadable) {
			(void)store_value(conf, setting, after);
			log_info("settings", "%s.%s: %s -> %s", setting->section, setting->name,
			    before, after);
		} else {
			log_warn("settings", "%s.%s = %s needs a restart; %s stays in force",
			    setting->section, setting->name, after, before);
		}
	}
}

void
conf_print(const struct conf *conf, FILE *out)
{
	const char *section = "";
	char value[CONF_TEXT_MAX];

	for (size_t i = 0; i < COUNT(settings); i++) {
		const struct setting *setting = &settings[i];
		if (strcmp(section, setting->section) != 0)
			(void)fprintf(out, "%s[%s]\n", i > 0 ? "\n" : "", setting->section);
		section = setting->section;
		format_value(conf, setting, value, sizeof(value));
		(void)fprintf(out, "# %s%s\n%s = %s\n", setting->meaning,
		    setting->is_reloadable ? " (SIGHUP)" : "", setting->name, value);
	}
}

/* ---- the command line ---- */

struct options {
	const char *file;
	const char **assignments; /* borrowed from argv, as many as argc */
	int assignment_count;
	bool wants_print;
};

__attribute__((noreturn)) static void
usage_error(const char *program, const char *problem, const char *option)
{
	(void)fprintf(stderr, "%s: %s %s\nTry %s --help.\n", program, problem, option, program);
	exit(2);
}

__attribute__((noreturn)) static void
print_help(const char *usage)
{
	(void)printf(
	    "%s\n\nOptions of every program:\n"
	    "  --config FILE             settings file (default: $RUN_DIR/etc/voltill.conf if\n"
	    "                            RUN_DIR is set, else " INSTALLED_FILE ")\n"
	    "  --set section.name=value  one setting over the file\n"
	    "  --print-config            print the settings in force and end\n"
	    "  --version, --help\n",
	    usage);
	exit(0);
}

/* The value of an option written as "--name value" or "--name=value"; NULL if it is another one. */
static const char *
option_value(int argc, char **argv, int *at, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(argv[*at], name, length) != 0)
		return NULL;
	if (argv[*at][length] == '=')
		return argv[*at] + length + 1;
	if (argv[*at][length] != '\0')
		return NULL;
	if (*at + 1 >= argc)
		usage_error(argv[0], "a value is missing after", name);
	return argv[++*at];
}

/* Takes our options out of argv. */
static void
take_options(struct options *options, int *argc, char **argv, const char *usage)
{
	int kept = 1;

	for (int i = 1; i < *argc; i++) {
		const char *value;
		if ((value = option_value(*argc, argv, &i, "--config")) != NULL) {
			options->file = value;
		} else if ((value = option_value(*argc, argv, &i, "--set")) != NULL) {
			options->assignments[options->assignment_count++] = value;
		} else if (strcmp(argv[i], "--print-config") == 0) {
			options->wants_print = true;
		} else if (strcmp(argv[i], "--help") == 0) {
			print_help(usage);
		} else if (strcmp(argv[i], "--version") == 0) {
			(void)printf("voltill %s\n", VOLTILL_VERSION);
			exit(0);
		} else {
			argv[kept++] = argv[i];
		}
	}
	argv[kept] = NULL;
	*argc = kept;
}

/* Without --config: the demo's file, else the installed one, else the defaults. */
static enum rc
load_usual_file(struct conf *conf)
{
	const char *run_dir = getenv("RUN_DIR");
	char path[4096];

	if (run_dir != NULL && run_dir[0] != '\0') {
		(void)snprintf(path, sizeof(path), "%s/etc/voltill.conf", run_dir);
		return conf_load(conf, path);
	}
	return access(INSTALLED_FILE, F_OK) == 0 ? conf_load(conf, INSTALLED_FILE) : RC_OK;
}

/* What the command line said, for conf_read_again. */
static struct options given;

enum rc
conf_read_again(struct conf *fresh)
{
	conf_default(fresh);
	enum rc rc = given.file != NULL ? conf_load(fresh, given.file) : load_usual_file(fresh);

	for (int i = 0; i < given.assignment_count && rc == RC_OK; i++)
		rc = conf_set(fresh, given.assignments[i]);
	return rc;
}

void
conf_arguments(struct conf *conf, int *argc, char **argv, const char *usage)
{
	free(given.assignments);
	given = (struct options){ .assignments = calloc((size_t)*argc, sizeof(char *)) };
	if (given.assignments == NULL)
		log_fatal("memory", "no room for the command line");
	take_options(&given, argc, argv, usage);
	if (conf_read_again(conf) != RC_OK)
		exit(2);
	if (given.wants_print) {
		conf_print(conf, stdout);
		exit(0);
	}
}
