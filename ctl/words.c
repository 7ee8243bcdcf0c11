#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rc.h"
#include "base/text.h"

#define LINE_MAX_BYTES 4096
#define PATH_BYTES     256

struct word {
	const char *key, *text;
	struct word *next;
};

struct words {
	struct word *first; /* only T.Error and T.Field: some hundreds */
};

static const char *
shell_language(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = getenv(names[i]);
		if (value != NULL && *value != '\0')
			return strncmp(value, "zh", 2) == 0 ? "zh-CN" : "en";
	}
	return "en";
}

static bool
is_wanted(const char *key)
{
	static const char *const branches[] = { "T.Error.", "T.Field.",
		"T.Settings.Import.Column." };

	for (size_t i = 0; i < COUNT(branches); i++)
		if (strncmp(key, branches[i], strlen(branches[i])) == 0)
			return true;
	return false;
}

/* One line: "name {", "}", "name = text" or a remark. path is where we are, "T.Error.". */
static void
take_line(struct words *words, struct arena *arena, char *line, char path[PATH_BYTES])
{
	char key[2 * PATH_BYTES];
	char *name = line + strspn(line, " \t"), *equals = strchr(name, '=');
	size_t length = strcspn(name, " \t={\n");

	name[strcspn(name, "\r\n")] = '\0';
	if (*name == '#' || *name == '\0')
		return;
	if (*name == '}') {
		char *dot;
		path[strlen(path) - (*path != '\0')] = '\0';
		dot = strrchr(path, '.');
		*(dot == NULL ? path : dot + 1) = '\0';
		return;
	}
	snprintf(key, sizeof(key), "%s%.*s", path, (int)length, name);
	if (equals == NULL && strchr(name, '{') != NULL) {
		snprintf(path, PATH_BYTES, "%.*s.", PATH_BYTES - 2, key);
		return;
	}
	if (equals == NULL || !is_wanted(key))
		return;
	struct word *word = arena_alloc(arena, sizeof(*word));
	*word = (struct word){ arena_strdup(arena, key + 2),
		arena_strdup(arena, equals + 1 + strspn(equals + 1, " \t")), words->first };
	words->first = word;
}

struct words *
words_read(const struct conf *conf, const char *language, struct arena *arena)
{
	struct words *words = arena_alloc(arena, sizeof(*words));
	char line[LINE_MAX_BYTES], path[PATH_BYTES] = "";
	const char *name = arena_printf(arena, "%s/lang/%s.hdf", conf->web_templates,
	    language != NULL ? language : shell_language());
	FILE *file = fopen(name, "re");

	if (file == NULL)
		return words;
	while (fgets(line, sizeof(line), file) != NULL)
		take_line(words, arena, line, path);
	fclose(file);
	return words;
}

const char *
words_find(const struct words *words, const char *key)
{
	const char *dot = strrchr(key, '.');

	for (const struct word *word = words->first; word != NULL; word = word->next)
		if (strcmp(word->key, key) == 0)
			return word->text;
	return dot != NULL ? dot + 1 : key;
}

const char *
words_fault(const struct words *words, struct arena *arena, const struct fault *fault)
{
	const char *values[FAULT_VALUES_MAX], *text;
	char room[FAULT_VALUE_MAX], *out = NULL;
	size_t size, count = fault_values(fault, room, values);
	FILE *file = open_memstream(&out, &size);

	if (file == NULL)
		return fault->key;
	text = words_find(words, arena_printf(arena, "Error.%s", fault->key));
	for (; *text != '\0'; text++) {
		const char digits[] = "0123", *digit = text[0] == '{' && text[1] != '\0'
							   ? strchr(digits, text[1])
							   : NULL;
		if (digit != NULL && text[2] == '}') {
			size_t n = (size_t)(digit - digits);
			fputs(n < count ? values[n] : "", file);
			text += 2;
		} else
			fputc(*text, file);
	}
	fclose(file);
	text = arena_strdup(arena, out);
	free(out);
	return text;
}
