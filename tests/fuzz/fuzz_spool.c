/* Whatever is found in the spool file: it is opened, read to its end and appended to. */
#include <dirent.h>

#include "../../collector/spool.c"

#define LIMIT (1 << 20)

static char folder[] = "/dev/shm/vt-fuzz-spool-XXXXXX";

/* Random bytes hardly ever have the right checksum; records that have it must be harmless too. */
static void
make_whole(unsigned char *bytes, size_t size)
{
	memcpy(bytes, HEAD_TEXT, sizeof(HEAD_TEXT));
	bytes[HEAD - 1] = VERSION;
	for (size_t at = HEAD; at + RECORD <= size; at += RECORD) {
		uint64_t crc = htole64(checksum(bytes + at, RECORD - sizeof(crc)));
		memcpy(bytes + at + RECORD - sizeof(crc), &crc, sizeof(crc));
	}
}

static void
write_file(const uint8_t *data, size_t size)
{
	char path[128];
	unsigned char *bytes = calloc(size, 1);

	memcpy(bytes, data, size);
	if (size > HEAD && (data[0] & 1) != 0)
		make_whole(bytes, size);
	(void)snprintf(path, sizeof(path), "%s/f.spool", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (write(fd, bytes, size) != (ssize_t)size)
		abort();
	(void)close(fd);
	free(bytes);
}

/* The spool, and what it put aside. */
static void
remove_files(void)
{
	char path[sizeof(folder) + 300];
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while ((entry = readdir(dir)) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		(void)unlink(path);
	}
	(void)closedir(dir);
}

static void
remove_folder(void)
{
	remove_files();
	(void)rmdir(folder);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	log_open("fuzz", (enum log_level)0);
	fill_crc_table();
	if (mkdtemp(folder) == NULL)
		abort();
	(void)atexit(remove_folder);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct item items[64];
	struct item one = { .kind = ITEM_METER_LOST };
	const struct item *pointer = &one;
	struct spool *spool;
	size_t records = 0;

	if (size == 0)
		return 0;
	write_file(data, size);
	if (spool_open(folder, "f", LIMIT, &spool) != RC_OK)
		abort();
	size_t most = spool_count(spool) + spool_append(spool, &pointer, 1);
	while (!spool_is_empty(spool)) {
		records += spool_peek(spool, items, COUNT(items));
		spool_drop(spool);
	}
	if (records > most || records == 0)
		abort();
	spool_close(spool);
	remove_files();
	return 0;
}
