#define _GNU_SOURCE /* ppoll, pipe2 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/db.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"

#include "app.h"
#include "manager.h"
#include "request.h"
#include "view.h"

#define IDLE_S	      30 /* an idle worker looks after its connection this often */
/* nginx has the whole request before it calls, so a caller that says nothing is none of ours. */
#define ACCEPT_S      10
#define REQUEST_S     120    /* a request that hangs longer ends its worker */
#define REQUESTS_MAX  100000 /* then a worker is renewed, against slow leaks */
#define GROWTH_MAX_KB 65536  /* the same when it grew by this much */
#define GROWTH_EACH   256    /* requests between two looks at the size */
#define RECONNECT_MS  1000
#define DISCARD_MAX   (20 * 1024 * 1024) /* above every limit of nginx */

struct options {
	const char *socket;
	int workers;
	bool is_worker, is_check, is_background;
};

struct worker {
	struct site site;
	struct conf conf;
	struct arena *arena;
	char account[64];
	int64_t tried_at; /* when the database was asked last, monotonic */
	long requests, first_kb;
	app_background *background; /* NULL: none */
};

static volatile sig_atomic_t stop_asked;

static const char usage[] = "NAME.fcgi [--socket PATH] [--workers N] [--check-sql]\n"
			    "Without --socket the listening socket is file descriptor 0.";

static void
on_stop(int number)
{
	(void)number;
	stop_asked = 1;
}

/* The database. */

/* Opens it when it never answered; db.c looks after a connection that was lost. */
static void
connect_database(struct worker *worker)
{
	int64_t now = clock_mono();

	if (worker->site.db != NULL ||
	    (worker->tried_at != 0 && now - worker->tried_at < RECONNECT_MS))
		return;
	worker->tried_at = now;
	enum rc rc = db_open(&worker->conf, worker->account, &worker->site.db);
	if (rc == RC_CONFLICT)
		exit(MANAGER_REFUSED); /* wrong schema or unsafe settings; db_open said which */
}

/* One request. */

static const char *
param(FCGX_Request *fcgi, const char *name)
{
	const char *value = FCGX_GetParam(name, fcgi->envp);

	return value == NULL ? "" : value;
}

static const char *
param_of(void *context, const char *name)
{
	return param(context, name);
}

static void
discard_body(FCGX_Request *fcgi)
{
	char bytes[8192];

	for (size_t total = 0; total < DISCARD_MAX; total += sizeof(bytes))
		if (FCGX_GetStr(bytes, sizeof(bytes), fcgi->in) < (int)sizeof(bytes))
			return;
}

static size_t
read_some(void *context, char *bytes, size_t size)
{
	FCGX_Request *fcgi = context;
	int got = FCGX_GetStr(bytes, (int)size, fcgi->in);

	return got > 0 ? (size_t)got : 0;
}

static void
read_body(FCGX_Request *fcgi, struct arena *arena, struct request *in)
{
	const char *announced = param(fcgi, "CONTENT_LENGTH");
	int64_t length = 0;

	in->body = "";
	if (*announced == '\0' || *in->failure != '\0')
		return; /* of a request that nginx refused there is no body */
	if (text_parse_uint(announced, INT64_MAX, &length) != RC_OK) {
		in->failure = "400";
		return;
	}
	bool is_upload = strncasecmp(in->type, "multipart/", strlen("multipart/")) == 0;
	if (length > (is_upload ? UPLOAD_BODY_MAX : PARAM_BODY_MAX)) {
		in->is_too_long = true;
		discard_body(fcgi);
		return;
	}
	if (is_upload) { /* read when it is known that somebody wants it */
		in->read_body = read_some;
		return;
	}
	char *body = arena_alloc(arena, (size_t)length + 1);
	int got = FCGX_GetStr(body, (int)length, fcgi->in);
	if (got != length)
		in->failure = "400"; /* the client went away in the middle */
	in->body = body;
	in->body_length = got < 0 ? 0 : (size_t)got;
}

static void
take_request(FCGX_Request *fcgi, struct arena *arena, struct request *in)
{
	*in = (struct request){
		.method = param(fcgi, "REQUEST_METHOD"),
		.path = param(fcgi, "DOCUMENT_URI"),
		.query = param(fcgi, "QUERY_STRING"),
		.type = param(fcgi, "CONTENT_TYPE"),
		.scheme = param(fcgi, "REQUEST_SCHEME"),
		.address = param(fcgi, "REMOTE_ADDR"),
		.failure = param(fcgi, "VOLTILL_STATUS"),
		.header = param_of,
		.context = fcgi,
	};
	read_body(fcgi, arena, in);
}

static void
send_answer(FCGX_Request *fcgi, struct arena *arena, const struct answer *answer)
{
	const char *head =
	    arena_printf(arena, "Status: %d\r\nContent-Type: %s\r\n", answer->status, answer->type);
	bool is_file = false;

	for (const struct header *h = answer->headers; h != NULL; h = h->next) {
		head = arena_printf(arena, "%s%s: %s\r\n", head, h->name, h->value);
		is_file = is_file || strcmp(h->name, "X-Accel-Redirect") == 0;
	}
	if (!is_file)
		head = arena_printf(arena, "%sContent-Length: %zu\r\n", head, answer->length);
	head = arena_printf(arena, "%s\r\n", head);
	if (FCGX_PutStr(head, (int)strlen(head), fcgi->out) < 0)
		return; /* the client is gone */
	if (!answer->is_bodyless && answer->length > 0)
		FCGX_PutStr(answer->body, (int)answer->length, fcgi->out);
}

static void
serve(struct worker *worker, FCGX_Request *fcgi)
{
	struct request in;
	struct answer answer;

	alarm(REQUEST_S);
	connect_database(worker);
	take_request(fcgi, worker->arena, &in);
	request_serve(&worker->site, worker->arena, &in, &answer);
	if (in.read_body != NULL)
		discard_body(fcgi); /* what a refusal left unread */
	send_answer(fcgi, worker->arena, &answer);
	FCGX_Finish_r(fcgi);
	arena_reset(worker->arena);
	worker->requests++;
	alarm(0);
}

/* The worker. */

static long
resident_kb(void)
{
	long size = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file == NULL)
		return 0;
	if (fscanf(file, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	fclose(file);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static bool
is_worn(struct worker *worker)
{
	if (worker->requests >= REQUESTS_MAX || worker->site.is_spoiled)
		return true;
	if (worker->requests % GROWTH_EACH != 0 || worker->requests == 0)
		return false;
	long kb = resident_kb();
	if (worker->first_kb == 0)
		worker->first_kb = kb;
	return kb - worker->first_kb > GROWTH_MAX_KB;
}

static void
look_after(struct worker *worker)
{
	connect_database(worker);
	if (worker->site.db != NULL && db_ping(worker->site.db) != RC_OK)
		log_debug("worker", "the database does not answer");
}

/* The pattern of reference/stack.md §2: SIGTERM is open only while waiting, so that it can neither
 * be missed nor break a running request, and the socket does not block, so that a worker that lost
 * the race for a connection comes back here. */
static void
accept_loop(struct worker *worker, const sigset_t *waiting)
{
	FCGX_Request fcgi;

	FCGX_InitRequest(&fcgi, 0, 0);
	while (!stop_asked && !is_worn(worker)) {
		struct pollfd listening = { .fd = 0, .events = POLLIN };
		struct timespec idle = { IDLE_S, 0 };
		int ready = ppoll(&listening, 1, &idle, waiting);
		if (ready == 0)
			look_after(worker);
		if (ready <= 0)
			continue;
		alarm(ACCEPT_S);
		int rc = FCGX_Accept_r(&fcgi);
		alarm(0);
		if (rc == 0)
			serve(worker, &fcgi);
		else if (rc != -EAGAIN && rc != -EINTR && rc != -ECONNABORTED)
			log_debug("worker", "accept: %d", rc);
	}
	FCGX_Free(&fcgi, 1);
}

static void
prepare_signals(sigset_t *waiting)
{
	struct sigaction stop = { .sa_handler = on_stop }, ignore = { .sa_handler = SIG_IGN };
	sigset_t blocked;

	sigaction(SIGTERM, &stop, NULL);  /* before FCGX_Init, which leaves it then */
	sigaction(SIGINT, &ignore, NULL); /* Ctrl-C is the manager's */
	sigaction(SIGHUP, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, waiting);
	sigdelset(waiting, SIGTERM);
}

static int
worker_run(struct worker *worker)
{
	sigset_t waiting;

	prepare_signals(&waiting);
	if (FCGX_Init() != 0 || fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK) != 0) {
		log_error("worker", "descriptor 0 is no socket");
		return MANAGER_REFUSED;
	}
	if (view_open(&worker->conf) != RC_OK)
		return MANAGER_REFUSED;
	connect_database(worker);
	worker->arena = arena_new();
	manager_ready();
	accept_loop(worker, &waiting);
	arena_free(worker->arena);
	db_close(worker->site.db);
	return 0;
}

/* The background. */

static void
wait_idle(const sigset_t *waiting)
{
	struct timespec idle = { 0, APP_BACKGROUND_MS * 1000000L };

	ppoll(NULL, 0, &idle, waiting);
}

/* As long as there is work the next piece follows at once, unless the process has grown. */
static void
work_loop(struct worker *worker, const sigset_t *waiting)
{
	long first_kb = resident_kb();

	while (!stop_asked) {
		connect_database(worker);
		struct app_work work = { &worker->conf, worker->account, worker->site.db };
		enum rc rc = work.db == NULL ? RC_UNAVAILABLE : worker->background(&work);
		if (rc == RC_OK && resident_kb() - first_kb > GROWTH_MAX_KB)
			return;
		if (rc != RC_OK)
			wait_idle(waiting);
	}
}

static int
background_run(struct worker *worker)
{
	sigset_t waiting;

	prepare_signals(&waiting);
	connect_database(worker);
	manager_ready();
	work_loop(worker, &waiting);
	db_close(worker->site.db);
	return 0;
}

/* The command line. */

static int
check_sql(struct worker *worker)
{
	struct db *db;

	if (db_open(&worker->conf, worker->account, &db) != RC_OK)
		return 1;
	size_t failures = db_check_statements(db, false);
	db_close(db);
	return failures == 0 ? 0 : 1;
}

__attribute__((noreturn)) static void
refuse_usage(const char *program, const char *what)
{
	fprintf(stderr, "%s: %s\n%s\n", program, what, usage);
	exit(2);
}

static void
read_options(const char *program, int argc, char **argv, struct options *options)
{
	int64_t workers = options->workers;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--socket") == 0 && i + 1 < argc)
			options->socket = argv[++i];
		else if (strcmp(argv[i], "--workers") == 0 && i + 1 < argc) {
			if (text_parse_uint(argv[++i], MANAGER_WORKERS_MAX, &workers) != RC_OK)
				workers = 0;
		} else if (strcmp(argv[i], "--worker") == 0)
			options->is_worker = true;
		else if (strcmp(argv[i], "--background") == 0)
			options->is_background = true;
		else if (strcmp(argv[i], "--check-sql") == 0)
			options->is_check = true;
		else
			refuse_usage(program, argv[i]);
	}
	if (workers < 1)
		refuse_usage(program, "--workers takes 1 to 64");
	options->workers = (int)workers;
}

static bool
is_listening(int fd)
{
	int value = 0;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0;
}

/* The arguments of a process that the manager starts: ours and what it shall be. */
static char **
arguments_with(int argc, char **argv, const char *role)
{
	char **arguments = calloc((size_t)argc + 2, sizeof(*arguments));

	if (arguments == NULL)
		log_fatal("manager", "no memory");
	memcpy(arguments, argv, (size_t)argc * sizeof(*arguments));
	arguments[argc] = (char *)(uintptr_t)role;
	return arguments;
}

static int
manage(
    const char *program, const struct options *options, bool has_background, int argc, char **argv)
{
	char **arguments = arguments_with(argc, argv, "--worker");
	char **background = has_background ? arguments_with(argc, argv, "--background") : NULL;
	int listen_fd = 0;

	if (options->socket != NULL && manager_listen(options->socket, &listen_fd) != RC_OK)
		return 1;
	if (!is_listening(listen_fd))
		refuse_usage(program, "descriptor 0 is no listening socket");
	int status = manager_run(listen_fd, options->workers, arguments, background);
	close(listen_fd);
	if (options->socket != NULL)
		manager_unlisten(options->socket);
	free(arguments);
	free(background);
	return status;
}

/* The arguments as they came: conf_arguments takes away what it reads, a worker needs all. */
static char **
copy_arguments(int argc, char **argv)
{
	char **copy = calloc((size_t)argc + 1, sizeof(*copy));

	if (copy == NULL)
		log_fatal("app", "no memory");
	memcpy(copy, argv, (size_t)argc * sizeof(*copy));
	return copy;
}

int
app_main(int argc, char **argv, const char *program, const struct route *routes, size_t count)
{
	return app_main_background(argc, argv, program, routes, count, NULL);
}

int
app_main_background(int argc, char **argv, const char *program, const struct route *routes,
    size_t count, app_background *background)
{
	static struct worker worker;
	int original_count = argc;
	char **original = copy_arguments(argc, argv);

	secret_init();
	conf_arguments(&worker.conf, &argc, argv, usage);
	log_open(program, (enum log_level)worker.conf.log_level);
	struct options options = { .workers = (int)worker.conf.web_workers };
	read_options(program, argc, argv, &options);
	snprintf(worker.account, sizeof(worker.account), "voltill_%s", program);
	worker.site = (struct site){
		.program = program,
		.conf = &worker.conf,
		.routes = routes,
		.count = count,
		.name = "Voltill",
		.language = "zh-CN",
	};
	worker.background = background;
	int status;
	if (options.is_check)
		status = check_sql(&worker);
	else if (options.is_worker)
		status = worker_run(&worker);
	else if (options.is_background && background != NULL)
		status = background_run(&worker);
	else
		status = manage(program, &options, background != NULL, original_count, original);
	free(original);
	return status;
}
