/*
 * manager.h - the process that keeps the listening socket and its workers.
 *
 * A worker is this program again (fork and exec, so that SIGHUP takes up a new binary) with the
 * socket as descriptor 0. A renewal starts new workers first and lets the old ones go when the new
 * ones are ready; a new binary that refuses to start leaves the old workers in place.
 */
#ifndef VOLTILL_MANAGER_H
#define VOLTILL_MANAGER_H

#include "base/rc.h"

#define MANAGER_WORKERS_MAX 64
#define MANAGER_REFUSED	    78 /* exit status of a worker that must not run (EX_CONFIG) */

/* Listens on a unix socket that only owner and group may open. */
enum rc manager_listen(const char *path, int *fd);
void manager_unlisten(const char *path); /* removes the socket file when it is still ours */

/* Runs until SIGTERM or SIGINT; the exit status of the program. argv is the worker's,
 * NULL-terminated; background that of the one process that works beside them, NULL without one. */
int manager_run(int listen_fd, int workers, char *const *argv, char *const *background);

/* In a worker: it is about to take requests. */
void manager_ready(void);

#endif
