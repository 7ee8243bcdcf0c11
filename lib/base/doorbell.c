#include "base/doorbell.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

void
doorbell_ring(const struct conf *conf)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (conf->collector_doorbell[0] == '\0' ||
	    !text_copy(address.sun_path, sizeof(address.sun_path), conf->collector_doorbell))
		return;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	/* A full queue means that it was rung already, and no socket that nobody listens. */
	(void)!sendto(fd, "", 1, 0, (const struct sockaddr *)&address, sizeof(address));
	(void)close(fd);
}
