#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "link.h"
#include "spool.h"

/* A record is 24 words of 64 bits, low byte first; the last holds the checksum of the others. */
#define WORDS	   24
#define RECORD	   (WORDS * sizeof(uint64_t))
#define CHUNK	   256 /* records written or read at once */
#define HEAD	   16
#define HEAD_TEXT  "VOLTILLSPOOL"
#define VERSION	   1
#define NAME_BYTES 512

struct spool {
	int fd;
	char path[NAME_BYTES];
	_Atomic int64_t limit;
	off_t end, stored, peeked; /* positions in the file; up to stored it is in the database */
	bool is_refusing;	   /* the last append did not fit, and that was said */
	uint64_t chunk[CHUNK][WORDS];
};

/* ---- records ---- */

static uint32_t crc_table[256];

/* The usual CRC-32 of zip and Ethernet. */
static void
fill_crc_table(void)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t crc = byte;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
		crc_table[byte] = crc;
	}
}

static uint32_t
checksum(const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++)
		crc = crc >> 8 ^ crc_table[(crc ^ at[i]) & 0xff];
	return ~crc;
}

static uint64_t
pair(uint32_t low, uint32_t high)
{
	return (uint64_t)high << 32 | low;
}

static void
encode_reading(uint64_t *w, const struct reading *r)
{
	w[2] = pair(r->meter_id, r->has);
	w[3] = (uint64_t)r->read_at;
	w[4] = (uint64_t)r->slot_at;
	w[5] = (uint64_t)r->energy_wh;
	w[6] = (uint64_t)r->used_wh;
	for (size_t i = 0; i < PERIODS; i++) {
		w[7 + i] = (uint64_t)r->period_wh[i];
		w[11 + i] = (uint64_t)r->used_period_wh[i];
	}
	w[15] = (uint64_t)r->credit_fen;
	w[16] = pair((uint32_t)r->power_w, r->purchase_count);
	w[17] = r->quality;
}

static void
decode_reading(const uint64_t *w, struct reading *r)
{
	r->meter_id = (uint32_t)w[2];
	r->has = (uint32_t)(w[2] >> 32);
	r->read_at = (int64_t)w[3];
	r->slot_at = (int64_t)w[4];
	r->energy_wh = (int64_t)w[5];
	r->used_wh = (int64_t)w[6];
	for (size_t i = 0; i < PERIODS; i++) {
		r->period_wh[i] = (int64_t)w[7 + i];
		r->used_period_wh[i] = (int64_t)w[11 + i];
	}
	r->credit_fen = (int64_t)w[15];
	r->power_w = (int32_t)(uint32_t)w[16];
	r->purchase_count = (uint32_t)(w[16] >> 32);
	r->quality = (uint16_t)w[17];
}

static void
encode(uint64_t record[WORDS], const struct item *item)
{
	uint64_t w[WORDS] = { pair(item->kind, item->bus_id), item->epoch };

	if (item->kind == ITEM_READING) {
		encode_reading(w, &item->u.reading);
	} else {
		w[2] = pair(item->u.event.meter_id, (uint32_t)item->u.event.trouble);
		w[3] = (uint64_t)item->u.event.at;
		memcpy(&w[4], item->u.event.number, sizeof(item->u.event.number));
	}
	for (size_t i = 0; i < WORDS - 1; i++)
		record[i] = htole64(w[i]);
	record[WORDS - 1] = htole64(checksum(record, RECORD - sizeof(uint64_t)));
}

/* False for a record that was not wholly written, or was damaged since. */
static bool
decode(const uint64_t record[WORDS], struct item *item)
{
	uint64_t w[WORDS];

	for (size_t i = 0; i < WORDS; i++)
		w[i] = le64toh(record[i]);
	if (w[WORDS - 1] != checksum(record, RECORD - sizeof(uint64_t)))
		return false;
	*item = (struct item){
		.kind = (uint32_t)w[0], .bus_id = (uint32_t)(w[0] >> 32), .epoch = w[1]
	};
	if (item->kind == ITEM_READING)
		decode_reading(w, &item->u.reading);
	else
		item->u.event = (struct item_event){ .meter_id = (uint32_t)w[2],
			.trouble = (int)(uint32_t)(w[2] >> 32),
			.at = (int64_t)w[3] };
	if (item->kind == ITEM_OTHER_METER)
		memcpy(item->u.event.number, &w[4], sizeof(item->u.event.number) - 1);
	if (item->kind != ITEM_READING &&
	    (item->u.event.trouble < 0 || item->u.event.trouble >= TROUBLES))
		return false;
	return spool_keeps(item);
}

bool
spool_keeps(const struct item *item)
{
	switch (item->kind) {
	case ITEM_READING:
		return item->u.reading.slot_at != 0;
	case ITEM_METER_LOST:
	case ITEM_METER_BACK:
	case ITEM_BUS_LOST:
	case ITEM_BUS_BACK:
	case ITEM_MISMATCH:
	case ITEM_OTHER_METER:
		return true;
	default:
		return false;
	}
}

/* ---- the file ---- */

static bool
write_head(struct spool *spool)
{
	unsigned char head[HEAD] = HEAD_TEXT;

	head[HEAD - 1] = VERSION;
	return ftruncate(spool->fd, 0) == 0 && pwrite(spool->fd, head, HEAD, 0) == HEAD &&
	       fdatasync(spool->fd) == 0;
}

static bool
has_our_head(const struct spool *spool)
{
	unsigned char head[HEAD], wanted[HEAD] = HEAD_TEXT;

	wanted[HEAD - 1] = VERSION;
	return pread(spool->fd, head, HEAD, 0) == HEAD && memcmp(head, wanted, HEAD) == 0;
}

/* Nobody throws away what may be somebody's readings. */
static enum rc
put_aside(struct spool *spool)
{
	char aside[NAME_BYTES + 32];

	(void)snprintf(aside, sizeof(aside), "%s.%" PRId64, spool->path, clock_now());
	if (rename(spool->path, aside) != 0) {
		log_error(spool->path, "is no spool of this version and cannot be renamed: %m");
		return RC_UNAVAILABLE;
	}
	log_error(spool->path, "is no spool of this version; it is kept as %s", aside);
	return RC_OK;
}

static enum rc
open_file(struct spool *spool)
{
	spool->fd = open(spool->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (spool->fd < 0) {
		log_error(spool->path, "cannot be opened: %m");
		return RC_UNAVAILABLE;
	}
	if (flock(spool->fd, LOCK_EX | LOCK_NB) != 0) {
		log_error(spool->path, "is in use: a collector of this name runs already");
		return RC_CONFLICT;
	}
	return RC_OK;
}

/* The size of the file when its head is ours; a new or never finished one gets its head. */
static enum rc
prepare_file(struct spool *spool)
{
	struct stat st;

	if (fstat(spool->fd, &st) != 0) {
		log_error(spool->path, "cannot be read: %m");
		return RC_UNAVAILABLE;
	}
	if (st.st_size <= HEAD) {
		if (!write_head(spool)) {
			log_error(spool->path, "cannot be written: %m");
			return RC_UNAVAILABLE;
		}
		st.st_size = HEAD;
	} else if (!has_our_head(spool)) {
		return RC_INVALID;
	}
	spool->end = st.st_size;
	return RC_OK;
}

/* What a writer that died left unfinished is less than a record. */
static enum rc
cut_torn_record(struct spool *spool)
{
	off_t torn = (spool->end - HEAD) % (off_t)RECORD;

	if (torn == 0)
		return RC_OK;
	log_warn(spool->path, "its last record was not finished and is dropped");
	spool->end -= torn;
	if (ftruncate(spool->fd, spool->end) == 0)
		return RC_OK;
	log_error(spool->path, "cannot be cut: %m");
	return RC_UNAVAILABLE;
}

static enum rc
open_spool(struct spool *spool)
{
	enum rc rc = open_file(spool);

	if (rc == RC_OK)
		rc = prepare_file(spool);
	if (rc == RC_INVALID) {
		if ((rc = put_aside(spool)) != RC_OK)
			return rc;
		(void)close(spool->fd);
		if ((rc = open_file(spool)) == RC_OK)
			rc = prepare_file(spool);
	}
	return rc == RC_OK ? cut_torn_record(spool) : rc;
}

enum rc
spool_open(const char *folder, const char *name, int64_t limit_bytes, struct spool **spool)
{
	struct spool *s = calloc(1, sizeof(*s));

	if (s == NULL)
		log_fatal("memory", "no room for the spool");
	if (crc_table[1] == 0)
		fill_crc_table();
	s->fd = -1;
	atomic_init(&s->limit, limit_bytes);
	s->stored = s->peeked = HEAD;
	(void)snprintf(s->path, sizeof(s->path), "%s/%s.spool", folder, name);
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		log_warn(folder, "cannot be made: %m");
	enum rc rc = open_spool(s);
	if (rc != RC_OK) {
		spool_close(s);
		return rc;
	}
	if (!spool_is_empty(s))
		log_info(s->path, "%zu records of an earlier run are to be stored", spool_count(s));
	*spool = s;
	return RC_OK;
}

void
spool_close(struct spool *spool)
{
	if (spool == NULL)
		return;
	if (spool->fd >= 0)
		(void)close(spool->fd);
	free(spool);
}

void
spool_set_limit(struct spool *spool, int64_t limit_bytes)
{
	atomic_store(&spool->limit, limit_bytes);
}

bool
spool_is_empty(const struct spool *spool)
{
	return spool->stored == spool->end;
}

size_t
spool_count(const struct spool *spool)
{
	return (size_t)(spool->end - spool->stored) / RECORD;
}

/* ---- appending ---- */

/* Writes the first `count` records of the chunk; how many are wholly in the file. */
static size_t
write_chunk(struct spool *spool, size_t count)
{
	size_t length = count * RECORD, done = 0;

	while (done < length) {
		ssize_t n = pwrite(spool->fd, (const char *)spool->chunk + done, length - done,
		    spool->end + (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	size_t whole = done / RECORD;
	spool->end += (off_t)(whole * RECORD);
	/* A torn record would shift all that follow it. */
	if (done % RECORD != 0 && ftruncate(spool->fd, spool->end) != 0)
		log_error(spool->path, "cannot be cut: %m");
	return whole;
}

static void
note_room(struct spool *spool, bool fits, bool is_full_by_limit)
{
	if (!fits && !spool->is_refusing && is_full_by_limit)
		log_error(spool->path, "has reached its limit of %jd bytes: readings are lost",
		    (intmax_t)atomic_load(&spool->limit));
	else if (!fits && !spool->is_refusing)
		log_error(spool->path, "cannot be written, readings are lost: %m");
	else if (fits && spool->is_refusing)
		log_info(spool->path, "takes readings again");
	spool->is_refusing = !fits;
}

size_t
spool_append(struct spool *spool, const struct item *const *items, size_t count)
{
	size_t done = 0, chunk;
	bool is_full = false;

	while (done < count) {
		off_t room = (off_t)(atomic_load(&spool->limit) - spool->end) / (off_t)RECORD;
		chunk = count - done < CHUNK ? count - done : CHUNK;
		if (room < (off_t)chunk) {
			is_full = true;
			chunk = room > 0 ? (size_t)room : 0;
		}
		for (size_t i = 0; i < chunk; i++)
			encode(spool->chunk[i], items[done + i]);
		size_t written = write_chunk(spool, chunk);
		done += written;
		if (written < chunk || is_full)
			break;
	}
	int cause = errno;
	if (done > 0 && fdatasync(spool->fd) != 0)
		log_error(spool->path, "may not be safe on disk: %m");
	errno = cause;
	note_room(spool, done == count, is_full);
	return done;
}

/* ---- reading back ---- */

static size_t
read_chunk(struct spool *spool, off_t at, size_t max)
{
	size_t left = (size_t)(spool->end - at) / RECORD;
	size_t count = max < left ? max : left;

	if (count > CHUNK)
		count = CHUNK;
	ssize_t n = pread(spool->fd, spool->chunk, count * RECORD, at);
	if (n < (ssize_t)RECORD && count > 0) {
		log_error(spool->path, "%zu records cannot be read: %m", left);
		spool->end = at;
		return 0;
	}
	return n <= 0 ? 0 : (size_t)n / RECORD;
}

size_t
spool_peek(struct spool *spool, struct item *items, size_t max)
{
	size_t count = 0, damaged = 0;

	spool->peeked = spool->stored;
	while (count < max && spool->peeked < spool->end) {
		size_t n = read_chunk(spool, spool->peeked, max - count);
		for (size_t i = 0; i < n; i++) {
			if (decode(spool->chunk[i], &items[count]))
				count++;
			else
				damaged++;
		}
		spool->peeked += (off_t)(n * RECORD);
	}
	if (damaged > 0)
		log_error(spool->path, "%zu damaged records are left out", damaged);
	return count;
}

void
spool_drop(struct spool *spool)
{
	assert(spool->peeked >= spool->stored);
	spool->stored = spool->peeked;
	if (spool->stored < spool->end)
		return;
	spool->stored = spool->peeked = spool->end = HEAD;
	if (ftruncate(spool->fd, HEAD) != 0)
		log_error(spool->path, "cannot be cut: %m");
}
