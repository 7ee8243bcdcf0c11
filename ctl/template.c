/*
 * voltillctl template KIND: a file for voltillctl import, with two lines as an example or with what
 * is stored now; or what its columns mean.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "model/import.h"
#include "words.h"

struct options {
	const char *kind, *language;
	bool has_data, is_columns;
};

static const char USAGE[] =
    "usage: voltillctl template KIND [--data | --columns] [--lang zh-CN|en]\n"
    "KIND: places, gateways, buses, meters, accounts, tariffs\n";

static bool
read_options(int argc, char **argv, struct options *options)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--data") == 0)
			options->has_data = true;
		else if (strcmp(argv[i], "--columns") == 0)
			options->is_columns = true;
		else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			options->language = argv[++i];
		else if (options->kind == NULL && argv[i][0] != '-')
			options->kind = argv[i];
		else
			return false;
	}
	return options->kind != NULL && import_kind_find(options->kind) != IMPORT_KINDS;
}

static void
put_cell(const char *cell)
{
	if (strpbrk(cell, "\",;\r\n\t") == NULL) {
		fputs(cell, stdout);
		return;
	}
	putchar('"');
	for (; *cell != '\0'; cell++) {
		if (*cell == '"')
			putchar('"');
		putchar(*cell);
	}
	putchar('"');
}

struct printing {
	size_t count;
};

static enum rc
put_line(void *context, const char *const *cells)
{
	const struct printing *printing = context;

	for (size_t i = 0; i < printing->count; i++) {
		if (i > 0)
			putchar(',');
		put_cell(cells[i]);
	}
	putchar('\n');
	return RC_OK;
}

static enum rc
put_examples(const struct import_field *fields, struct printing *printing)
{
	const char *cells[IMPORT_FIELDS_MAX];
	enum rc rc = RC_OK;

	for (size_t n = 0; n < COUNT(fields->examples) && rc == RC_OK; n++) {
		for (size_t i = 0; i < printing->count; i++)
			cells[i] = fields[i].examples[n];
		rc = put_line(printing, cells);
	}
	return rc;
}

static enum rc
put_table(struct ctl *ctl, const struct options *options)
{
	enum import_kind kind = import_kind_find(options->kind);
	const char *cells[IMPORT_FIELDS_MAX];
	struct printing printing;
	const struct import_field *fields = import_fields(kind, &printing.count);

	for (size_t i = 0; i < printing.count; i++)
		cells[i] = fields[i].name;
	enum rc rc = put_line(&printing, cells);
	if (rc != RC_OK)
		return rc;
	if (options->has_data)
		return import_stored(ctl->db, kind, &scope_everything, put_line, &printing);
	return put_examples(fields, &printing);
}

/* What each column holds; the headers of other programs that are understood. */
static void
put_columns(struct ctl *ctl, const struct options *options)
{
	static const char *const types[] = {
		[IMPORT_TEXT] = "text",
		[IMPORT_CODE] = "code",
		[IMPORT_WHOLE] = "whole number",
		[IMPORT_YUAN] = "amount",
		[IMPORT_FLAG] = "yes/no",
		[IMPORT_CHOICE] = "one of",
		[IMPORT_DAY] = "day",
	};
	struct arena *arena = arena_new();
	const struct words *words = words_read(&ctl->conf, options->language, arena);
	size_t count;
	const struct import_field *fields = import_fields(import_kind_find(options->kind), &count);

	for (size_t i = 0; i < count; i++) {
		printf("%-20s %s (%s", fields[i].name,
		    words_find(words, arena_printf(arena, "Field.%s", fields[i].name)),
		    types[fields[i].type]);
		for (const struct import_choice *c = fields[i].choices;
		     c != NULL && c->code != NULL; c++)
			printf(" %s", c->code);
		printf(")%s%s%s\n", fields[i].is_key ? ", key" : "",
		    fields[i].is_required ? ", required" : "",
		    fields[i].is_clearable ? ", - for none" : "");
	}
	arena_free(arena);
}

enum rc
ctl_template(struct ctl *ctl, int argc, char **argv)
{
	struct options options = { 0 };

	if (!read_options(argc, argv, &options)) {
		fputs(USAGE, stderr);
		return RC_INVALID;
	}
	if (!options.is_columns)
		return put_table(ctl, &options);
	put_columns(ctl, &options);
	return RC_OK;
}
