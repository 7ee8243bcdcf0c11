/*
 * app.h - the life of a web program. The owner of libfcgi.
 *
 * main of every program is one line: return app_main(argc, argv, "accounts", routes,
 * COUNT(routes));
 *
 *   NAME.fcgi --socket PATH [--workers N] [--config FILE]   manager with N workers
 *   NAME.fcgi                                               the same on file descriptor 0 (systemd)
 *   NAME.fcgi --check-sql                                   prepares every statement, status 1 on
 * failure
 *
 * The manager keeps the listening socket, restarts a worker that died (at most once a second each)
 * and on SIGHUP renews all by fork and exec without losing a request. SIGTERM lets the running
 * request finish. Workers are single-threaded and connect as database account voltill_NAME.
 */
#ifndef VOLTILL_APP_H
#define VOLTILL_APP_H

#include <stddef.h>

#include "base/conf.h"
#include "base/db.h"
#include "route.h"

int app_main(int argc, char **argv, const char *program, const struct route *routes, size_t count);

/* Work beside the requests, in one process of its own that the manager keeps like a worker. It is
 * called every APP_BACKGROUND_MS and right again while it answers RC_OK; RC_NOT_FOUND: there is
 * nothing to do. A long piece of work may be killed at any point (STOP_MS of the manager). */
#define APP_BACKGROUND_MS 250
struct app_work {
	const struct conf *conf;
	const char *account; /* for a second connection */
	struct db *db;
};
typedef enum rc app_background(struct app_work *work);
int app_main_background(int argc, char **argv, const char *program, const struct route *routes,
    size_t count, app_background *background);

#endif
