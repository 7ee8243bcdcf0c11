/*
 * check_templates.c - parses every page as the web programs do, and shows one with sample data.
 *
 *   check_templates TEMPLATES                         every page, parsed and rendered empty in each
 * language check_templates TEMPLATES PAGE LANGUAGE HDF...    one page on standard output, filled
 * from the files
 *
 * ClearSilver says nothing of an unknown macro until the template is parsed, and nothing at all of
 * a missing include; a page must not find out at the customer's.
 */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ClearSilver/ClearSilver.h>

#define PAGES_MAX 500

static const char *templates;
static int failures;

/* Says what is wrong with which page; true when nothing is. */
static bool
succeeded(NEOERR *err, const char *page)
{
	STRING text;

	if (err == STATUS_OK)
		return true;
	string_init(&text);
	nerr_error_string(err, &text);
	fprintf(stderr, "%s/%s: %s\n", templates, page, text.buf);
	string_clear(&text);
	nerr_ignore(&err);
	failures++;
	return false;
}

static NEOERR *
html_escape(const char *in, char **out)
{
	return neos_html_escape(in, (int)strlen(in), out);
}

static NEOERR *
url_escape(const char *in, char **out)
{
	return neos_url_escape(in, out, NULL);
}

static NEOERR *
js_escape(const char *in, char **out)
{
	return neos_js_escape(in, out);
}

static NEOERR *
register_functions(CSPARSE *parse)
{
	static char html[] = "html_escape", url[] = "url_escape", js[] = "js_escape";
	NEOERR *err = cs_register_esc_strfunc(parse, html, html_escape);

	if (err == STATUS_OK)
		err = cs_register_esc_strfunc(parse, url, url_escape);
	if (err == STATUS_OK)
		err = cs_register_esc_strfunc(parse, js, js_escape);
	return err;
}

/* The same frame as cgi-bin/web builds around a page. NULL when it does not parse. */
static CSPARSE *
page_parse(HDF *hdf, const char *page)
{
	char frame[PATH_MAX + 200];
	CSPARSE *parse = NULL;
	NEOERR *err = cs_init(&parse, hdf);
	int length = snprintf(frame, sizeof(frame),
	    "<?cs include!\"ui.cs\" ?><?cs def:page_body() ?><?cs include!\"%s\" ?><?cs /def ?>"
	    "<?cs include!\"layout.cs\" ?>",
	    page);

	if (err == STATUS_OK)
		err = register_functions(parse);
	if (err == STATUS_OK) {
		char *copy = strdup(frame); /* the parser owns the text it is given */
		if (copy == NULL)
			abort();
		err = cs_parse_string(parse, copy, (size_t)length);
	}
	if (succeeded(err, page))
		return parse;
	cs_destroy(&parse);
	return NULL;
}

static NEOERR *
output_discard(void *context, char *text)
{
	(void)context;
	(void)text;
	return STATUS_OK;
}

static NEOERR *
output_print(void *context, char *text)
{
	(void)context;
	fputs(text, stdout);
	return STATUS_OK;
}

static HDF *
data_new(void)
{
	HDF *hdf = NULL;

	if (!succeeded(hdf_init(&hdf), "") ||
	    !succeeded(hdf_set_value(hdf, "Config.VarEscapeMode", "html"), "") ||
	    !succeeded(hdf_set_value(hdf, "hdf.loadpaths.0", templates), ""))
		exit(1);
	return hdf;
}

static HDF *
words_read(const char *language)
{
	char path[PATH_MAX];
	HDF *hdf = NULL;

	snprintf(path, sizeof(path), "%s/lang/%s.hdf", templates, language);
	if (!succeeded(hdf_init(&hdf), "") || !succeeded(hdf_read_file(hdf, path), language))
		exit(1);
	return hdf;
}

static void
page_check(const char *page, HDF *words[2])
{
	HDF *hdf = data_new();
	CSPARSE *parse = page_parse(hdf, page);

	for (size_t i = 0; parse != NULL && i < 2; i++) {
		parse->global_hdf = words[i];
		(void)succeeded(cs_render(parse, NULL, output_discard), page);
	}
	if (parse != NULL)
		cs_destroy(&parse);
	hdf_destroy(&hdf);
}

static bool
is_template(const char *name)
{
	size_t length = strlen(name);

	return length > 3 && strcmp(name + length - 3, ".cs") == 0;
}

/* layout.cs and ui.cs are in every page; a name with "_" in front is a part that pages include. */
static bool
is_page(const char *name)
{
	return is_template(name) && name[0] != '_' && strcmp(name, "layout.cs") != 0 &&
	       strcmp(name, "ui.cs") != 0;
}

static int
folder_check(const char *folder, HDF *words[2])
{
	char path[PATH_MAX], page[PATH_MAX];
	struct dirent *entry;
	int count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", templates, folder);
	if ((dir = opendir(path)) == NULL) {
		perror(path);
		exit(1);
	}
	while ((entry = readdir(dir)) != NULL && count < PAGES_MAX) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(page, sizeof(page), "%s%s%s", folder, folder[0] == '\0' ? "" : "/",
		    entry->d_name);
		if (entry->d_type == DT_DIR && folder[0] == '\0')
			count += folder_check(entry->d_name, words);
		else if (is_page(entry->d_name)) {
			page_check(page, words);
			count++;
		}
	}
	closedir(dir);
	return count;
}

static int
page_show(const char *page, const char *language, char **files)
{
	HDF *hdf = data_new(), *words = words_read(language);
	CSPARSE *parse;

	for (; *files != NULL; files++)
		if (!succeeded(hdf_read_file(hdf, *files), *files))
			return 1;
	if ((parse = page_parse(hdf, page)) == NULL)
		return 1;
	parse->global_hdf = words;
	return succeeded(cs_render(parse, NULL, output_print), page) ? 0 : 1;
}

int
main(int argc, char **argv)
{
	HDF *words[2];
	int count;

	if (argc != 2 && argc < 4) {
		fprintf(stderr, "usage: check_templates TEMPLATES [PAGE LANGUAGE HDF...]\n");
		return 2;
	}
	templates = argv[1];
	if (argc > 2)
		return page_show(argv[2], argv[3], argv + 4);
	words[0] = words_read("zh-CN");
	words[1] = words_read("en");
	count = folder_check("", words);
	if (count == 0) {
		fprintf(stderr, "%s: no page found\n", templates);
		return 1;
	}
	return failures == 0 ? 0 : 1;
}
