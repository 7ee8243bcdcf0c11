/*
 * conf.h - the settings of a machine, from one INI file. The owner of libinih.
 *
 * conf.c holds one table: name, type, default, whether SIGHUP may change it, and what it means.
 * README's reference is checked against that table. Settings of the business (prices, names, time
 * zone) live in the database table setting instead.
 */
#ifndef VOLTILL_CONF_H
#define VOLTILL_CONF_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/rc.h"

#define CONF_TEXT_MAX 256

/* The comment names section and name; conf.c's table has the meaning of each. */
struct conf {
	char database_socket[CONF_TEXT_MAX];	  /* [database] socket; empty: host and port */
	char database_host[CONF_TEXT_MAX];	  /* [database] host */
	int64_t database_port;			  /* [database] port */
	char database_name[CONF_TEXT_MAX];	  /* [database] name = voltill */
	char database_ca[CONF_TEXT_MAX];	  /* [database] ca, needed with host */
	char database_credentials[CONF_TEXT_MAX]; /* [database] credentials: a file per account */
	int64_t log_level;			  /* [log] level: an enum log_level */
	int64_t web_workers;			  /* [web] workers per program */
	char web_templates[CONF_TEXT_MAX];	  /* [web] templates: folder */
	char web_static[CONF_TEXT_MAX];		  /* [web] static: folder */
	char web_spool[CONF_TEXT_MAX];		  /* [web] spool: folder for exports */
	char collector_name[CONF_TEXT_MAX];	  /* [collector] name; empty: host name */
	char collector_spool[CONF_TEXT_MAX];	  /* [collector] spool: folder for readings */
	int64_t collector_spool_mb;		  /* [collector] spool_mb: its limit */
	int64_t collector_max_buses;		  /* [collector] max_buses ≤ 900 */
	int64_t collector_lease_s;		  /* [collector] lease_s */
	int64_t collector_gateway_delay_ms;	  /* [collector] gateway_delay_ms */
	char collector_doorbell[CONF_TEXT_MAX];	  /* [collector] doorbell; empty: none */
	char ctl_sql[CONF_TEXT_MAX];		  /* [ctl] sql: folder of migrations */
};

/* Fills every member with its default. */
void conf_default(struct conf *conf);

/* Reads a file over what is there. An unknown name, a wrong value or a missing file is RC_INVALID
 * with a log line "file:line: …"; conf is then unchanged. */
enum rc conf_load(struct conf *conf, const char *path);

/* One "section.name=value" over what is there (from --set). */
enum rc conf_set(struct conf *conf, const char *assignment);

/* Takes over from fresh what SIGHUP may change; names in the log what needs a restart. */
void conf_reload(struct conf *conf, const struct conf *fresh);

/* The effective settings as an INI file with comments (--print-config). Never prints a secret. */
void conf_print(const struct conf *conf, FILE *out);

/* Options every program shares: --config FILE, --set section.name=value, --print-config (prints and
 * exits), --version, --help. Fills conf (defaults, then file, then --set) and removes what it took
 * from argv. Without --config: $RUN_DIR/etc/voltill.conf if RUN_DIR is set, else
 * /etc/voltill/voltill.conf if it exists. Errors end the program with a message and status 2. */
void conf_arguments(struct conf *conf, int *argc, char **argv, const char *usage);

/* Reads again what conf_arguments read, for SIGHUP: fresh is then for conf_reload. RC_INVALID, with a
 * log line, when the file is wrong now. */
enum rc conf_read_again(struct conf *fresh);

#endif
