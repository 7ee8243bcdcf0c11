#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "ctl.h"
#include "model/setting.h"

#define ACCOUNT "voltill_admin"

static const struct command {
	const char *name, *arguments, *meaning;
	enum rc (*run)(struct ctl *ctl, int argc, char **argv);
	bool is_unchecked;   /* works on a database that programs refuse */
	const char *account; /* of the database; NULL: ACCOUNT */
} commands[] = {
	{ "migrate", "", "bring the database to this version's schema", ctl_migrate, true },
	{ "partitions", "", "each night: add months to table reading, drop what is not kept",
	    ctl_partitions, false },
	{ "db-password", "ACCOUNT",
	    "set a database account's password (from stdin), open the account", ctl_db_password,
	    true },
	{ "operator", "add|list|…", "people who may sign in; alone it explains itself",
	    ctl_operator, false },
	{ "audit", "verify|anchor|seal", "the chain over the audit; alone it explains itself",
	    ctl_audit, false, "voltill_sealer" },
	{ "import", "KIND FILE [--dry-run]",
	    "places, gateways, buses, meters, accounts from a file", ctl_import, false },
	{ "template", "KIND", "a file for import, as an example or with what is stored",
	    ctl_template, false },
	{ "setting", "list|get|set", "the settings of the business, by name", ctl_setting, false },
	{ "demo", "load|history|money", "the demonstration building", ctl_demo, false },
	{ "check", "[--quiet] [CODE …]", "whether the books agree", ctl_check, false },
	{ "nightly", "[--follow]", "price what was used, prove the books", ctl_nightly, false,
	    "voltill_nightly" },
	{ "check-sql", "", "prepare every statement of voltillctl", ctl_check_sql, false },
	{ "status", "", "version, schema, counts, oldest value", ctl_status, true },
};

static void
print_commands(FILE *out)
{
	(void)fprintf(out, "usage: voltillctl [OPTIONS] COMMAND …\n\n");
	for (size_t i = 0; i < COUNT(commands); i++) {
		char call[40];
		(void)snprintf(
		    call, sizeof(call), "%s %s", commands[i].name, commands[i].arguments);
		(void)fprintf(out, "  %-24s  %s\n", call, commands[i].meaning);
	}
}

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < COUNT(commands); i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

enum rc
ctl_take_zone(struct db *db)
{
	char zone[64];
	enum rc rc = setting_text(db, "site.time_zone", "Asia/Shanghai", zone, sizeof(zone));

	return rc == RC_OK ? clock_set_zone(zone) : rc;
}

static enum rc
run_command(const struct command *command, struct ctl *ctl, int argc, char **argv)
{
	const char *account = command->account != NULL ? command->account : ACCOUNT;
	enum rc rc;

	if (command->is_unchecked)
		rc = db_open_unchecked(&ctl->conf, account, &ctl->db);
	else
		rc = db_open(&ctl->conf, account, &ctl->db);
	if (rc == RC_OK && !command->is_unchecked)
		rc = ctl_take_zone(ctl->db);
	if (rc == RC_OK)
		rc = command->run(ctl, argc, argv);
	db_close(ctl->db);
	return rc;
}

int
main(int argc, char **argv)
{
	struct ctl ctl = { 0 };
	char usage[2048] = "";
	FILE *text = fmemopen(usage, sizeof(usage), "w");

	log_open("voltillctl", LOG_LEVEL_INFO);
	if (text == NULL)
		log_fatal("memory", "no room for the usage");
	print_commands(text);
	(void)fclose(text);
	conf_arguments(&ctl.conf, &argc, argv, usage);
	log_open("voltillctl", (enum log_level)ctl.conf.log_level);
	secret_init();
	const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
	if (command == NULL) {
		print_commands(stderr);
		return 2;
	}
	enum rc rc = run_command(command, &ctl, argc - 1, argv + 1);
	return rc == RC_OK ? 0 : rc == RC_INVALID ? 2 : 1;
}
