/*
 * metersim - meters on a bus, for tests and the demonstration. See README.md.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "config.h"
#include "control.h"
#include "frame.h"
#include "history.h"
#include "keys.h"
#include "line.h"
#include "state.h"

#define SAVE_EVERY_US 30000000

static const char *state_path;

static void
usage(void)
{
	fputs("usage: metersim --config FILE [--control SOCKET] [--state FILE] [--history DAYS]\n",
	    stderr);
	exit(2);
}

static void
signal_ready(struct watch *watch, uint32_t events)
{
	struct signalfd_siginfo signal;
	(void)events;
	if (read(watch->fd, &signal, sizeof signal) > 0)
		loop_end();
}

static void
signals_watch(void)
{
	static struct watch watch = { .ready = signal_ready };
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	watch.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (watch.fd < 0)
		die("signalfd: %s", strerror(errno));
	watch_start(&watch, EPOLLIN);
}

static void
save_fire(struct timer *timer)
{
	state_save(state_path);
	timer_start(timer, real_us() + SAVE_EVERY_US);
}

static void
descriptors_allow(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void
serve(const char *control_path)
{
	static struct timer saver = { .fire = save_fire };
	loop_open();
	signals_watch();
	descriptors_allow();
	for (struct line *line = lines; line != NULL; line = line->next) {
		line_open(line);
		line_print(line);
	}
	if (control_path != NULL)
		control_open(control_path, state_path);
	if (state_path != NULL)
		timer_start(&saver, real_us() + SAVE_EVERY_US);
	puts("ready");
	fflush(stdout);
	loop_run();
	control_close();
	for (struct line *line = lines; line != NULL; line = line->next)
		line_close(line);
}

int
main(int argc, char **argv)
{
	static const struct option OPTIONS[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "control", required_argument, NULL, 's' },
		{ "state", required_argument, NULL, 'f' },
		{ "history", required_argument, NULL, 'h' },
		{ 0 },
	};
	const char *config_path = NULL, *control_path = NULL;
	int64_t days = 0;
	for (int option; (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
		if (option == 'c')
			config_path = optarg;
		else if (option == 's')
			control_path = optarg;
		else if (option == 'f')
			state_path = optarg;
		else if (option == 'h')
			days = number_read(optarg, &days) ? days : -1;
		else
			usage();
	}
	if (config_path == NULL || optind != argc || days < 0 || days > 3660)
		usage();
	frame_open();
	config_read(config_path);
	if (days > 0) {
		history_print((int)days);
	} else {
		if (state_path != NULL)
			state_load(state_path);
		serve(control_path);
	}
	if (state_path != NULL)
		state_save(state_path);
	return 0;
}
