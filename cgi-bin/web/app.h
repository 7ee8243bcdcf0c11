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

#include "route.h"

int app_main(int argc, char **argv, const char *program, const struct route *routes, size_t count);

#endif
