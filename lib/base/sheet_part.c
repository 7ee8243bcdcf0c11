#include "base/sheet_part.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expat.h>
#include <zip.h>

#include "base/log.h"

#define CHUNK	     65536
#define ENTRIES_MAX  200
#define INFLATED_MAX (128L * 1024 * 1024) /* a fleet of 20,000 meters needs 25 MB */
/* A part may be this many times as long as it is packed, above a first megabyte: sheets reach 40.
 */
#define RATIO_MAX    100
#define RATIO_FREE   (1024L * 1024)
#define DEPTH_MAX    32
#define TOKEN_MAX    (1024L * 1024) /* expat keeps a tag or a comment in memory until it ends */

struct archive {
	zip_t *zip;
	int64_t inflated; /* of all parts read so far */
};

struct part {
	struct archive *archive;
	zip_file_t *file;
	XML_Parser parser;
	const struct part_reader *reader;
	void *context;
	int64_t packed, inflated;
	int depth;
	bool is_over, is_paused;
	struct sheet_fault fault;
};

static enum rc
refuse(struct sheet_fault *fault, const char *key)
{
	*fault = (struct sheet_fault){ .key = key };
	return RC_INVALID;
}

/* ---- the archive ---- */

static zip_t *
open_zip(int fd)
{
	zip_error_t error;
	FILE *file = fdopen(fd, "rb");

	if (file == NULL) {
		close(fd);
		return NULL;
	}
	zip_error_init(&error);
	zip_source_t *source = zip_source_filep_create(file, 0, -1, &error);
	if (source == NULL)
		log_fatal("memory", "no room for an archive");
	zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, &error);
	if (zip == NULL)
		zip_source_free(source); /* closes the file too */
	zip_error_fini(&error);
	return zip;
}

/* What stands in the list of the archive, before anything is unpacked. */
static const char *
look_at_entries(zip_t *zip)
{
	zip_int64_t count = zip_get_num_entries(zip, 0);
	zip_stat_t about;

	if (count < 1)
		return "SheetBroken";
	if (count > ENTRIES_MAX)
		return "SheetEntries";
	for (zip_uint64_t i = 0; i < (zip_uint64_t)count; i++) {
		if (zip_stat_index(zip, i, 0, &about) != 0 || about.name == NULL)
			return "SheetBroken";
		if (about.name[0] == '/' || strstr(about.name, "..") != NULL)
			return "SheetNames";
		if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
		    about.encryption_method != ZIP_EM_NONE)
			return "SheetEncrypted";
	}
	return NULL;
}

enum rc
archive_open(int fd, struct archive **out, struct sheet_fault *fault)
{
	struct archive *archive = calloc(1, sizeof(*archive));

	if (archive == NULL)
		log_fatal("memory", "no room for an archive");
	archive->zip = open_zip(fd);
	const char *wrong = archive->zip == NULL ? "SheetBroken" : look_at_entries(archive->zip);
	if (wrong != NULL) {
		archive_close(archive);
		return refuse(fault, wrong);
	}
	*out = archive;
	return RC_OK;
}

void
archive_close(struct archive *archive)
{
	if (archive == NULL)
		return;
	if (archive->zip != NULL)
		zip_discard(archive->zip);
	free(archive);
}

bool
archive_has(struct archive *archive, const char *name)
{
	return zip_name_locate(archive->zip, name, 0) >= 0;
}

/* ---- what expat calls ---- */

static const char *
local(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon == NULL ? name : colon + 1;
}

const char *
part_attribute(const char **attributes, const char *name)
{
	for (; attributes[0] != NULL; attributes += 2)
		if (strcmp(local(attributes[0]), name) == 0)
			return attributes[1];
	return NULL;
}

void
part_refuse(struct part *part, const char *key, int64_t row, int64_t column)
{
	if (part->fault.key != NULL)
		return;
	part->fault = (struct sheet_fault){ .key = key, .row = row, .column = column };
	XML_StopParser(part->parser, XML_FALSE);
}

void
part_pause(struct part *part)
{
	if (part->fault.key == NULL)
		XML_StopParser(part->parser, XML_TRUE);
}

static void XMLCALL
on_begin(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct part *part = data;

	if (++part->depth > DEPTH_MAX)
		part_refuse(part, "SheetXml", 0, 0);
	else if (part->fault.key == NULL)
		part->reader->begin(part->context, local(name), attributes);
}

static void XMLCALL
on_end(void *data, const XML_Char *name)
{
	struct part *part = data;

	part->depth--;
	if (part->fault.key == NULL && part->reader->end != NULL)
		part->reader->end(part->context, local(name));
}

static void XMLCALL
on_text(void *data, const XML_Char *text, int length)
{
	struct part *part = data;

	if (part->fault.key == NULL)
		part->reader->text(part->context, text, (size_t)length);
}

static void XMLCALL
on_doctype(void *data, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id,
    int has_subset)
{
	(void)name, (void)system_id, (void)public_id, (void)has_subset;
	part_refuse(data, "SheetXml", 0, 0);
}

/* ---- a part ---- */

static void
prepare_parser(struct part *part)
{
	part->parser = XML_ParserCreate(NULL);
	if (part->parser == NULL)
		log_fatal("memory", "no room for a parser");
	XML_SetUserData(part->parser, part);
	XML_SetElementHandler(part->parser, on_begin, on_end);
	if (part->reader->text != NULL)
		XML_SetCharacterDataHandler(part->parser, on_text);
	XML_SetStartDoctypeDeclHandler(part->parser, on_doctype);
}

enum rc
part_open(struct archive *archive, const char *name, const struct part_reader *reader,
    void *context, struct part **out, struct sheet_fault *fault)
{
	zip_int64_t index = zip_name_locate(archive->zip, name, 0);
	zip_stat_t about;

	if (index < 0 || zip_stat_index(archive->zip, (zip_uint64_t)index, 0, &about) != 0 ||
	    (about.valid & ZIP_STAT_COMP_SIZE) == 0)
		return refuse(fault, "SheetBroken");
	zip_file_t *file = zip_fopen_index(archive->zip, (zip_uint64_t)index, 0);
	if (file == NULL)
		return refuse(fault, "SheetBroken");
	struct part *part = calloc(1, sizeof(*part));
	if (part == NULL)
		log_fatal("memory", "no room for a part");
	*part = (struct part){ .archive = archive, .file = file, .reader = reader };
	part->context = context;
	/* What it claims beyond the file itself is no honest size. */
	part->packed = about.comp_size > SHEET_FILE_MAX ? SHEET_FILE_MAX : (int64_t)about.comp_size;
	prepare_parser(part);
	*out = part;
	return RC_OK;
}

void
part_close(struct part *part)
{
	if (part == NULL)
		return;
	XML_ParserFree(part->parser);
	zip_fclose(part->file);
	free(part);
}

/* Counts what was unpacked. False when it is more than any honest workbook holds. */
static bool
count_bytes(struct part *part, int64_t length)
{
	part->inflated += length;
	part->archive->inflated += length;
	return part->archive->inflated <= INFLATED_MAX &&
	       part->inflated <= RATIO_FREE + RATIO_MAX * part->packed;
}

/* Gives expat the next chunk. */
static enum XML_Status
feed(struct part *part)
{
	void *buffer = XML_GetBuffer(part->parser, CHUNK);
	zip_int64_t got = buffer == NULL ? -1 : zip_fread(part->file, buffer, CHUNK);

	if (got < 0) {
		part_refuse(part, "SheetBroken", 0, 0);
		return XML_STATUS_ERROR;
	}
	if (!count_bytes(part, got)) {
		part_refuse(part, "SheetBomb", 0, 0);
		return XML_STATUS_ERROR;
	}
	part->is_over = got == 0;
	enum XML_Status status = XML_ParseBuffer(part->parser, (int)got, got == 0);
	if (status == XML_STATUS_OK &&
	    part->inflated - XML_GetCurrentByteIndex(part->parser) > TOKEN_MAX) {
		part_refuse(part, "SheetXml", 0, 0);
		return XML_STATUS_ERROR;
	}
	return status;
}

enum rc
part_next(struct part *part, struct sheet_fault *fault)
{
	enum XML_Status status = XML_STATUS_OK;

	if (part->is_paused)
		status = XML_ResumeParser(part->parser);
	while (status == XML_STATUS_OK && !part->is_over)
		status = feed(part);
	part->is_paused = status == XML_STATUS_SUSPENDED;
	if (part->is_paused)
		return RC_OK;
	if (status == XML_STATUS_OK && part->fault.key == NULL)
		return RC_NOT_FOUND;
	if (part->fault.key == NULL)
		part->fault.key = "SheetXml";
	*fault = part->fault;
	return RC_INVALID;
}
