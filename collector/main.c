/* The collector: reads meters, stores what they say. Its life cycle is main(), from top to bottom.
 */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/db.h"
#include "base/log.h"
#include "base/text.h"
#include "dispatcher.h"
#include "lease.h"
#include "model/setting.h"
#include "money_desk.h"
#include "outbox.h"
#include "spool.h"
#include "store.h"

#define USAGE                                                                        \
	"Usage: collector [--check-sql] [options]\n"                                 \
	"Reads the meters of the buses it gets by lease and stores what they say.\n" \
	"SIGHUP: read settings and definitions again; SIGTERM: end."

#define OUTBOX_ITEMS  16384 /* what the buses find while one transaction hangs */
#define RETRY_MS      2000
#define CATCH_UP_MS   20
#define REMIND_MS     CLOCK_MINUTE
#define EVENT_FD_MIN  1024 /* bus.c puts its event descriptors there, two a bus */
#define BUSES_MAX     900  /* as conf.c limits collector.max_buses */
#define FDS_OF_BUS    2
#define FDS_OF_OTHERS 100

static rlim_t
descriptors_for(int64_t buses)
{
	return EVENT_FD_MIN + FDS_OF_BUS * (rlim_t)buses + FDS_OF_OTHERS;
}

/* libmodbus aborts the process on a connection whose descriptor is 1024 or more; those below are
 * for connections, what is not one lies above. max_buses may grow while we run. */
static void
raise_descriptor_limit(const struct conf *conf)
{
	rlim_t needed = descriptors_for(conf->collector_max_buses),
	       most = descriptors_for(BUSES_MAX);
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_fatal("descriptors", "the limit is not known: %m");
	if (limit.rlim_max < needed)
		log_fatal("descriptors",
		    "%ju are needed for collector.max_buses = %jd, the limit is %ju",
		    (uintmax_t)needed, (intmax_t)conf->collector_max_buses,
		    (uintmax_t)limit.rlim_max);
	if (limit.rlim_cur >= most)
		return;
	limit.rlim_cur = limit.rlim_max < most ? limit.rlim_max : most;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_fatal("descriptors", "the limit cannot be raised: %m");
}

/* Signals are read from a descriptor, never handled between two instructions of a thread. */
static int
take_signals(void)
{
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		log_fatal("signals", "no descriptor: %m");
	return fd;
}

/* The next signal within wait_ms, 0 if there is none. */
static int
next_signal(int signal_fd, int64_t wait_ms)
{
	struct pollfd poll_fd = { .fd = signal_fd, .events = POLLIN };
	struct signalfd_siginfo info;

	if (poll(&poll_fd, 1, (int)wait_ms) <= 0 ||
	    read(signal_fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}

/* The name is part of a file name and stands in logs. */
static void
find_name(const struct conf *conf, char *name, size_t size)
{
	static const char allowed[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (conf->collector_name[0] != '\0')
		(void)text_copy(name, size, conf->collector_name);
	else if (gethostname(name, size) != 0)
		log_fatal("collector", "the host has no name: %m");
	name[size - 1] = '\0';
	if (name[0] == '\0' || name[0] == '.' || name[strspn(name, allowed)] != '\0')
		log_fatal(
		    "collector", "its name may hold letters, digits, . _ and - only: %s", name);
}

static enum rc
set_zone(struct db *db)
{
	char zone[64];
	enum rc rc = setting_text(db, "site.time_zone", "Asia/Shanghai", zone, sizeof(zone));

	return rc == RC_OK ? clock_set_zone(zone) : rc;
}

/* What the threads need to know before they start. */
static enum rc
enter(const struct conf *conf, const char *name, struct db **db, struct lease_owner *owner)
{
	enum rc rc = db_open(conf, STORE_ACCOUNT, db);

	if (rc != RC_OK)
		return rc;
	if ((rc = set_zone(*db)) == RC_OK)
		rc = lease_register(*db, name, owner);
	if (rc != RC_OK) {
		db_close(*db);
		*db = NULL;
	}
	return rc;
}

/* Waits for a database that is away; one that is not safe to use ends the program. NULL when a
 * signal asks to end first. */
static struct db *
enter_patiently(const struct conf *conf, const char *name, int signal_fd, struct lease_owner *owner)
{
	int64_t remind_at = clock_mono() + REMIND_MS;
	struct db *db = NULL;
	enum rc rc;

	while ((rc = enter(conf, name, &db, owner)) != RC_OK) {
		if (rc != RC_UNAVAILABLE)
			log_fatal("database", "cannot be used: %s", rc_name(rc));
		if (clock_mono() >= remind_at) {
			log_warn("database", "is still away, waiting");
			remind_at += REMIND_MS;
		}
		int signal = next_signal(signal_fd, RETRY_MS);
		if (signal == SIGTERM || signal == SIGINT)
			return NULL;
	}
	return db;
}

/* Stores what an earlier run left in the spool. False when a signal ended the waiting. */
static bool
catch_up(const struct store *store, int signal_fd)
{
	while (!store_has_caught_up(store)) {
		int signal = next_signal(signal_fd, CATCH_UP_MS);
		if (signal == SIGTERM || signal == SIGINT)
			return false;
	}
	return true;
}

static int
check_statements(const struct conf *conf)
{
	struct db *db;

	if (db_open(conf, STORE_ACCOUNT, &db) != RC_OK)
		return 1;
	size_t failures = db_check_statements(db, false);
	db_close(db);
	return failures == 0 ? 0 : 1;
}

/* Until a signal, or the dispatcher, ends it. */
static int
serve(struct dispatcher *dispatcher, int signal_fd)
{
	struct pollfd fds[2] = { { .fd = signal_fd, .events = POLLIN },
		{ .fd = dispatcher_end_fd(dispatcher), .events = POLLIN } };

	for (;;) {
		if (poll(fds, COUNT(fds), -1) < 0 && errno != EINTR)
			log_fatal("collector", "cannot wait: %m");
		if ((fds[1].revents & POLLIN) != 0)
			return 1;
		int signal = next_signal(signal_fd, 0);
		if (signal == SIGHUP)
			dispatcher_reload(dispatcher);
		else if (signal != 0)
			return 0;
	}
}

int
main(int argc, char **argv)
{
	struct conf conf;
	struct lease_owner owner;
	struct spool *spool;
	char name[65];

	conf_arguments(&conf, &argc, argv, USAGE);
	log_open("collector", (enum log_level)conf.log_level);
	if (argc == 2 && strcmp(argv[1], "--check-sql") == 0)
		return check_statements(&conf);
	if (argc > 1)
		log_fatal("collector", "unknown argument %s", argv[1]);
	/* Hundreds of threads that hardly allocate need no heap of their own. */
	(void)mallopt(M_ARENA_MAX, 2);
	raise_descriptor_limit(&conf);
	find_name(&conf, name, sizeof(name));
	int signal_fd = take_signals();
	if (spool_open(conf.collector_spool, name, conf.collector_spool_mb * SPOOL_MB, &spool) !=
	    RC_OK)
		return 1;
	struct db *db = enter_patiently(&conf, name, signal_fd, &owner);
	if (db == NULL) {
		spool_close(spool);
		return 0;
	}
	struct outbox *outbox = outbox_new(OUTBOX_ITEMS);
	struct store *store = store_start(&conf, &owner, outbox, spool);
	bool may_read = catch_up(store, signal_fd);
	struct money_desk *desk = money_desk_start(&conf, &owner);
	struct dispatcher *dispatcher =
	    dispatcher_start(&conf, db, &owner, outbox, store, spool, desk);
	log_info("collector", "%s runs as %s", VOLTILL_VERSION, name);

	int status = may_read ? serve(dispatcher, signal_fd) : 0;

	dispatcher_stop(dispatcher);
	bool is_settled = money_desk_stop(desk);
	outbox_close(outbox);
	bool is_complete = store_join(store) && is_settled;
	dispatcher_free(dispatcher, is_complete);
	outbox_free(outbox);
	spool_close(spool);
	log_info("collector", "ended");
	return status;
}
