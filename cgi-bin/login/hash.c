#include "hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"

#define PLACES 2

static int
open_place(const struct conf *conf, int place)
{
	char path[CONF_TEXT_MAX + 32];
	snprintf(path, sizeof(path), "%s/.hash-%d.lock", conf->web_spool, place);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		log_warn("hash", "%s: %s; hashing without a limit", path, strerror(errno));
	return fd;
}

/* A lock of the kernel goes with its holder, so a worker that dies leaves no place taken. Returns
 * the descriptor to close, -1 when the folder cannot be written: people can sign in all the same.
 */
static int
take_place(const struct conf *conf)
{
	int fd = -1;
	for (int place = 0; place < PLACES; place++) {
		if ((fd = open_place(conf, place)) < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		close(fd);
	}
	if ((fd = open_place(conf, getpid() % PLACES)) >= 0)
		while (flock(fd, LOCK_EX) != 0 && errno == EINTR)
			continue;
	return fd;
}

static void
leave_place(int fd)
{
	if (fd >= 0)
		close(fd);
}

enum rc
hash_verify(const struct req *r, const char *hash, const char *password)
{
	int place = take_place(r->conf);
	enum rc rc = secret_verify(hash, password);
	leave_place(place);
	return rc;
}

enum rc
hash_make(const struct req *r, const char *password, char *hash)
{
	int place = take_place(r->conf);
	enum rc rc = secret_hash(password, hash);
	leave_place(place);
	return rc;
}
