/*
 * ctl.h - the commands of voltillctl.
 *
 * voltillctl.c holds one table of commands and connects as database account voltill_admin. A
 * command gets argv[0] = its own name. It prints its answer to stdout; why it failed is in the log
 * (stderr). RC_INVALID, after a line on stderr about the right use, becomes exit status 2, every
 * other failure 1.
 */
#ifndef VOLTILL_CTL_H
#define VOLTILL_CTL_H

#include "base/conf.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/operator.h"

struct ctl {
	struct conf conf;
	struct db *db;
};

/* Days and times of a command are those of the site. Done already for all commands but migrate,
 * db-password and status. */
enum rc ctl_take_zone(struct db *db);

/* For the audit: the account of the shell, and behind sudo the person who used it. */
struct operator_actor ctl_actor(void); /* actor.c */

enum rc ctl_migrate(struct ctl *ctl, int argc, char **argv);	 /* migrate.c */
enum rc ctl_partitions(struct ctl *ctl, int argc, char **argv);	 /* partition.c */
enum rc ctl_db_password(struct ctl *ctl, int argc, char **argv); /* db_password.c */
enum rc ctl_check(struct ctl *ctl, int argc, char **argv);	 /* books.c */
enum rc ctl_nightly(struct ctl *ctl, int argc, char **argv);	 /* nightly.c */
enum rc ctl_check_sql(struct ctl *ctl, int argc, char **argv);	 /* check.c */
enum rc ctl_status(struct ctl *ctl, int argc, char **argv);	 /* check.c */
enum rc ctl_operator(struct ctl *ctl, int argc, char **argv);	 /* operator.c */
enum rc ctl_audit(struct ctl *ctl, int argc, char **argv);	 /* audit.c */
enum rc ctl_import(struct ctl *ctl, int argc, char **argv);	 /* import.c */
enum rc ctl_template(struct ctl *ctl, int argc, char **argv);	 /* template.c */
enum rc ctl_setting(struct ctl *ctl, int argc, char **argv);	 /* setting.c */
enum rc ctl_demo(struct ctl *ctl, int argc, char **argv);	 /* demo.c */

#endif
