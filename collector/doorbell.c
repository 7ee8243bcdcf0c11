#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "doorbell.h"

int
doorbell_open(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (path[0] == '\0')
		return -1;
	if (strlen(path) >= sizeof(address.sun_path)) {
		log_error("doorbell", "%s is too long for a socket", path);
		return -1;
	}
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* One that was left behind by a kill is in the way; the lock on the spool says it is ours.
	 */
	(void)unlink(path);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
	    chmod(path, 0660) != 0) {
		log_warn("doorbell", "%s cannot be made: %m; changes are found by looking", path);
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	return fd;
}

void
doorbell_answer(int fd)
{
	char ring[64];

	while (recv(fd, ring, sizeof(ring), 0) >= 0)
		;
}

void
doorbell_close(int fd, const char *path)
{
	if (fd < 0)
		return;
	(void)close(fd);
	(void)unlink(path);
}
