/* The configuration file: whatever it holds, it is refused whole or taken, and what is taken can be
 * printed and taken again. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Loads bytes through a file that exists in memory only. */
static enum rc
load_bytes(struct conf *conf, const void *bytes, size_t size)
{
	char path[64];
	int file = memfd_create("conf", 0);

	assert(file >= 0 && write(file, bytes, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	enum rc rc = conf_load(conf, path);
	(void)close(file);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[65536];
	struct conf conf, before, again;

	log_open("fuzz", (enum log_level)0);
	conf_default(&conf);
	before = conf;
	if (load_bytes(&conf, data, size) != RC_OK) {
		assert(memcmp(&conf, &before, sizeof(conf)) == 0);
		return 0;
	}
	assert(conf.web_workers >= 1 && conf.web_workers <= 64);
	assert(conf.collector_max_buses >= 1 && conf.collector_max_buses <= 900);
	FILE *out = fmemopen(text, sizeof(text), "w");
	conf_print(&conf, out);
	size_t length = (size_t)ftell(out);
	(void)fclose(out);
	conf_default(&again);
	assert(load_bytes(&again, text, length) == RC_OK);
	assert(memcmp(&conf, &again, sizeof(conf)) == 0);
	return 0;
}
