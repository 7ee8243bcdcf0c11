#define _GNU_SOURCE /* ppoll, pipe2 */

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#include "manager.h"

#define EXIT_USAGE	2   /* conf_arguments: a setting is wrong */
#define EXIT_NO_PROGRAM 127 /* the program file is gone */
#define READY_FD	3
#define RESPAWN_MS	1000  /* a slot is filled at most this often */
#define STOP_MS		10000 /* a stopped program waits this long for running requests */
#define LEAVE_MS	60000 /* a renewed worker may finish a long export */
#define BACKLOG		511

/* A place for one worker. Twice as many as workers, so that a renewal has room; behind them two for
 * the process in the background. */
struct slot {
	pid_t pid; /* 0: empty */
	unsigned generation;
	bool is_ready;
	int64_t began_at, leaving_at; /* monotonic; leaving_at 0: stays */
};

struct manager {
	int listen_fd, ready_read, ready_write;
	int workers;
	char *const *argv, *const *background; /* background NULL: there is none */
	char program[PATH_MAX];
	unsigned generation;
	struct slot slots[2 * MANAGER_WORKERS_MAX + 2];
	sigset_t original;
	bool is_refused; /* the first workers refused to run */
};

static volatile sig_atomic_t stop_asked, renew_asked;
static ino_t socket_inode;

/* The socket. */

enum rc
manager_listen(const char *path, int *fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat status;

	if (!text_copy(address.sun_path, sizeof(address.sun_path), path)) {
		log_error("manager", "socket path too long: %s", path);
		return RC_INVALID;
	}
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0 || (unlink(path) != 0 && errno != ENOENT))
		goto fail;
	/* Only the web server's group may speak to us (reliability.md D-01). */
	mode_t mask = umask(0117);
	int bound = bind(*fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (bound != 0 || listen(*fd, BACKLOG) != 0 || stat(path, &status) != 0)
		goto fail;
	socket_inode = status.st_ino;
	return RC_OK;
fail:
	log_error("manager", "cannot listen on %s: %s", path, strerror(errno));
	if (*fd >= 0)
		close(*fd);
	return RC_UNAVAILABLE;
}

void
manager_unlisten(const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0 && status.st_ino == socket_inode)
		unlink(path);
}

/* Starting a worker. */

static size_t
worker_slots(const struct manager *manager)
{
	return 2 * (size_t)manager->workers;
}

static size_t
slot_total(const struct manager *manager)
{
	return worker_slots(manager) + (manager->background != NULL ? 2 : 0);
}

__attribute__((noreturn)) static void
become_worker(const struct manager *manager, bool is_background, pid_t parent)
{
	/* No worker outlives its manager, however that ends. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
		_exit(1);
	sigprocmask(SIG_SETMASK, &manager->original, NULL);
	/* The socket first: it may stand where READY_FD goes. */
	if ((manager->listen_fd == 0 ? fcntl(0, F_SETFD, 0) : dup2(manager->listen_fd, 0)) < 0 ||
	    dup2(manager->ready_write, READY_FD) < 0)
		_exit(1);
	execv(manager->program, is_background ? manager->background : manager->argv);
	_exit(EXIT_NO_PROGRAM);
}

static void
slot_spawn(struct manager *manager, struct slot *slot)
{
	bool is_background = (size_t)(slot - manager->slots) >= worker_slots(manager);
	pid_t parent = getpid();
	pid_t pid = fork();

	slot->began_at = clock_mono();
	if (pid == 0)
		become_worker(manager, is_background, parent);
	if (pid < 0) {
		log_error("manager", "cannot fork: %s", strerror(errno));
		return;
	}
	slot->pid = pid;
	slot->generation = manager->generation;
	slot->is_ready = false;
	slot->leaving_at = 0;
}

void
manager_ready(void)
{
	pid_t pid = getpid();

	if (fcntl(READY_FD, F_GETFD) < 0)
		return;
	if (write(READY_FD, &pid, sizeof(pid)) != sizeof(pid))
		log_warn("manager", "cannot tell that worker %d is ready", (int)pid);
	close(READY_FD);
}

/* Watching them. */

/* Of the workers, or of what is behind them. */
static int
count_range(
    const struct manager *manager, unsigned generation, bool only_ready, size_t from, size_t to)
{
	int count = 0;

	for (size_t i = from; i < to; i++) {
		const struct slot *slot = &manager->slots[i];
		if (slot->pid != 0 && slot->leaving_at == 0 && slot->generation == generation &&
		    (slot->is_ready || !only_ready))
			count++;
	}
	return count;
}

static int
count_slots(const struct manager *manager, unsigned generation, bool only_ready)
{
	return count_range(manager, generation, only_ready, 0, worker_slots(manager));
}

static int
count_background(const struct manager *manager, unsigned generation, bool only_ready)
{
	return count_range(
	    manager, generation, only_ready, worker_slots(manager), slot_total(manager));
}

static int
count_all(const struct manager *manager)
{
	int count = 0;

	for (size_t i = 0; i < slot_total(manager); i++)
		count += manager->slots[i].pid != 0;
	return count;
}

static void
slot_leave(struct slot *slot)
{
	if (slot->pid == 0 || slot->leaving_at != 0)
		return;
	kill(slot->pid, SIGTERM);
	slot->leaving_at = clock_mono();
}

/* Of a generation that does not start, none stays. */
static void
revert_generation(struct manager *manager, unsigned failed)
{
	unsigned oldest = failed;

	for (size_t i = 0; i < slot_total(manager); i++) {
		const struct slot *slot = &manager->slots[i];
		if (slot->pid != 0 && slot->is_ready && slot->leaving_at == 0 &&
		    slot->generation < oldest)
			oldest = slot->generation;
	}
	if (oldest == failed) {
		manager->is_refused = count_slots(manager, failed, true) == 0;
		return;
	}
	log_error("manager", "the new workers refuse to start; the old ones stay");
	for (size_t i = 0; i < slot_total(manager); i++)
		if (manager->slots[i].generation == failed)
			slot_leave(&manager->slots[i]);
	manager->generation = oldest;
}

/* It looked at its settings, its files or its database and will do so again every time. */
static bool
has_refused(int status)
{
	return WIFEXITED(status) &&
	       (WEXITSTATUS(status) == MANAGER_REFUSED || WEXITSTATUS(status) == EXIT_USAGE ||
		   WEXITSTATUS(status) == EXIT_NO_PROGRAM);
}

static void
slot_ended(struct manager *manager, struct slot *slot, int status)
{
	pid_t pid = slot->pid;
	bool was_ready = slot->is_ready;

	slot->pid = 0;
	if (WIFSIGNALED(status) && slot->leaving_at == 0)
		log_error("manager", "worker %d died of signal %d", (int)pid, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		log_error(
		    "manager", "worker %d ended with status %d", (int)pid, WEXITSTATUS(status));
	if (has_refused(status) && !was_ready && slot->generation == manager->generation)
		revert_generation(manager, slot->generation);
}

static void
reap(struct manager *manager)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < slot_total(manager); i++)
			if (manager->slots[i].pid == pid)
				slot_ended(manager, &manager->slots[i], status);
}

static void
note_ready(struct manager *manager)
{
	pid_t pid;

	while (read(manager->ready_read, &pid, sizeof(pid)) == sizeof(pid))
		for (size_t i = 0; i < slot_total(manager); i++)
			if (manager->slots[i].pid == pid)
				manager->slots[i].is_ready = true;
}

static void
fill_range(struct manager *manager, int missing, size_t from, size_t to)
{
	int64_t now = clock_mono();

	for (size_t i = from; i < to && missing > 0; i++) {
		struct slot *slot = &manager->slots[i];
		if (slot->pid != 0)
			continue;
		if (slot->began_at == 0 || now - slot->began_at >= RESPAWN_MS)
			slot_spawn(manager, slot);
		missing--; /* a slot that waits for its second is accounted for */
	}
}

static void
fill(struct manager *manager)
{
	unsigned generation = manager->generation;
	int missing = manager->workers - count_slots(manager, generation, false);

	fill_range(manager, missing, 0, worker_slots(manager));
	if (manager->background != NULL)
		fill_range(manager, 1 - count_background(manager, generation, false),
		    worker_slots(manager), slot_total(manager));
}

/* The old workers may go when the new ones are all there. */
static void
retire(struct manager *manager)
{
	int64_t now = clock_mono();
	bool is_complete = count_slots(manager, manager->generation, true) == manager->workers &&
			   (manager->background == NULL ||
			       count_background(manager, manager->generation, true) == 1);

	for (size_t i = 0; i < slot_total(manager); i++) {
		struct slot *slot = &manager->slots[i];
		if (is_complete && slot->generation != manager->generation)
			slot_leave(slot);
		if (slot->pid != 0 && slot->leaving_at != 0 && now - slot->leaving_at > LEAVE_MS)
			kill(slot->pid, SIGKILL);
	}
}

static void
wait_event(struct manager *manager, int timeout_ms)
{
	struct pollfd ready = { .fd = manager->ready_read, .events = POLLIN };
	struct timespec timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };

	ppoll(&ready, 1, &timeout, &manager->original);
	note_ready(manager);
	reap(manager);
}

static void
stop_all(struct manager *manager)
{
	int64_t until = clock_mono() + STOP_MS;

	for (size_t i = 0; i < slot_total(manager); i++)
		slot_leave(&manager->slots[i]);
	while (count_all(manager) > 0 && clock_mono() < until)
		wait_event(manager, 200);
	for (size_t i = 0; i < slot_total(manager); i++)
		if (manager->slots[i].pid != 0) {
			log_warn("manager", "worker %d does not end; killed",
			    (int)manager->slots[i].pid);
			kill(manager->slots[i].pid, SIGKILL);
		}
	while (count_all(manager) > 0 && waitpid(-1, NULL, 0) > 0)
		;
}

static void
on_signal(int number)
{
	if (number == SIGHUP)
		renew_asked = 1;
	else if (number != SIGCHLD)
		stop_asked = 1;
}

static enum rc
prepare(struct manager *manager)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t blocked;
	int pipe_fds[2];

	ssize_t length = readlink("/proc/self/exe", manager->program, PATH_MAX - 1);
	if (length < 0 || pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) != 0) {
		log_error("manager", "%s", strerror(errno));
		return RC_UNAVAILABLE;
	}
	manager->ready_read = pipe_fds[0];
	manager->ready_write = pipe_fds[1];
	sigemptyset(&blocked);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		sigaddset(&blocked, numbers[i]);
		sigaction(numbers[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, &manager->original);
	return RC_OK;
}

int
manager_run(int listen_fd, int workers, char *const *argv, char *const *background)
{
	static struct manager manager;

	assert(workers >= 1 && workers <= MANAGER_WORKERS_MAX);
	manager = (struct manager){
		.listen_fd = listen_fd,
		.workers = workers,
		.argv = argv,
		.background = background,
	};
	if (prepare(&manager) != RC_OK)
		return 1;
	log_info("manager", "%d workers", workers);
	while (!stop_asked && !manager.is_refused) {
		if (renew_asked) {
			renew_asked = 0;
			manager.generation++;
			log_info("manager", "renewing the workers");
		}
		fill(&manager);
		retire(&manager);
		wait_event(&manager, RESPAWN_MS);
	}
	stop_all(&manager);
	if (manager.is_refused)
		log_error("manager", "the workers refuse to start");
	else
		log_info("manager", "stopped");
	return manager.is_refused ? 1 : 0;
}
