#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <ClearSilver.h>

#include "base/clock.h"
#include "base/log.h"

#include "lang.h"

#define SOURCES 3 /* dictionary, our assets, vendor assets */

struct language {
	const char *code, *range; /* range: the primary subtag of Accept-Language */
	HDF *hdf;
	struct timespec changed[SOURCES];
};

static struct language languages[] = {
	{ .code = "zh-CN", .range = "zh" },
	{ .code = "en", .range = "en" },
};
static const struct conf *settings;
static int64_t checked_at;

static void
source_path(const struct language *language, int source, char *path, size_t size)
{
	switch (source) {
	case 0:
		snprintf(path, size, "%s/lang/%s.hdf", settings->web_templates, language->code);
		break;
	case 1:
		snprintf(path, size, "%s/assets.hdf", settings->web_static);
		break;
	default:
		snprintf(path, size, "%s/vendor/assets.hdf", settings->web_static);
	}
}

static struct timespec
source_changed(const struct language *language, int source)
{
	char path[CONF_TEXT_MAX + 64];
	struct stat status = { 0 };

	source_path(language, source, path, sizeof(path));
	if (stat(path, &status) != 0)
		return (struct timespec){ 0 };
	return status.st_mtim;
}

static bool
is_stale(const struct language *language)
{
	for (int i = 0; i < SOURCES; i++) {
		struct timespec now = source_changed(language, i);
		if (now.tv_sec != language->changed[i].tv_sec ||
		    now.tv_nsec != language->changed[i].tv_nsec)
			return true;
	}
	return false;
}

/* A dictionary must be there; the asset lists are missing when nothing was built. */
static NEOERR *
source_read(const struct language *language, int source, HDF *hdf)
{
	char path[CONF_TEXT_MAX + 64];

	source_path(language, source, path, sizeof(path));
	if (source > 0 && source_changed(language, source).tv_sec == 0)
		return STATUS_OK;
	return hdf_read_file(hdf, path);
}

static enum rc
language_read(struct language *language)
{
	HDF *hdf = NULL;
	NEOERR *err = hdf_init(&hdf);

	for (int i = 0; i < SOURCES && err == STATUS_OK; i++) {
		language->changed[i] = source_changed(language, i);
		err = source_read(language, i, hdf);
	}
	if (err != STATUS_OK) {
		STRING text;
		string_init(&text);
		nerr_error_string(err, &text);
		log_error("language", "%s: %s", language->code, text.buf);
		string_clear(&text);
		nerr_ignore(&err);
		hdf_destroy(&hdf);
		return RC_UNAVAILABLE;
	}
	hdf_destroy(&language->hdf);
	language->hdf = hdf;
	return RC_OK;
}

enum rc
lang_open(const struct conf *conf)
{
	settings = conf;
	checked_at = clock_mono();
	for (size_t i = 0; i < COUNT(languages); i++) {
		enum rc rc = language_read(&languages[i]);
		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}

void
lang_refresh(void)
{
	int64_t now = clock_mono();

	if (now - checked_at < CLOCK_SECOND)
		return;
	checked_at = now;
	for (size_t i = 0; i < COUNT(languages); i++)
		if (is_stale(&languages[i]) && language_read(&languages[i]) == RC_OK)
			log_info("language", "%s read again", languages[i].code);
}

static struct language *
language_find(const char *code)
{
	for (size_t i = 0; i < COUNT(languages); i++)
		if (strcmp(languages[i].code, code) == 0)
			return &languages[i];
	return NULL;
}

HDF *
lang_hdf(const char *language)
{
	const struct language *found = language_find(language);

	return found == NULL ? languages[0].hdf : found->hdf;
}

bool
lang_is_known(const char *language)
{
	return language_find(language) != NULL;
}

const char *
lang_other(const char *language)
{
	return strcmp(language, languages[0].code) == 0 ? languages[1].code : languages[0].code;
}

/* Quality of one element ("en-GB;q=0.8") in thousandths; 1000 when it does not say, 0 when refused.
 */
static int
element_quality(const char *element, size_t length)
{
	const char *semicolon = memchr(element, ';', length);
	if (semicolon == NULL)
		return 1000;
	semicolon++;
	while (*semicolon == ' ')
		semicolon++;
	if (strncasecmp(semicolon, "q=", 2) != 0)
		return 1000;
	int quality = semicolon[2] == '1' ? 1000 : 0;
	if (semicolon[2] == '0' && semicolon[3] == '.')
		for (int i = 0, weight = 100;
		     i < 3 && semicolon[4 + i] >= '0' && semicolon[4 + i] <= '9'; i++, weight /= 10)
			quality += (semicolon[4 + i] - '0') * weight;
	return quality;
}

static bool
element_is(const char *element, size_t length, const char *range)
{
	size_t n = strlen(range);

	return length >= n && strncasecmp(element, range, n) == 0 &&
	       (length == n || element[n] == '-' || element[n] == ';' || element[n] == ' ');
}

const char *
lang_negotiate(const char *accept)
{
	const char *best = NULL;
	int best_quality = 0;

	for (int elements = 0; *accept != '\0' && elements < 32; elements++) {
		accept += strspn(accept, " \t,");
		size_t length = strcspn(accept, ",");
		for (size_t i = 0; i < COUNT(languages); i++) {
			int quality = element_quality(accept, length);
			if (element_is(accept, length, languages[i].range) &&
			    quality > best_quality) {
				best = languages[i].code;
				best_quality = quality;
			}
		}
		accept += length;
	}
	return best;
}
