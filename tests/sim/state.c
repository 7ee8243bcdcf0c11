#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys.h"
#include "line.h"
#include "state.h"

static void
meter_statement(const char *path, char *rest)
{
	char *value, *word, *name = strtok_r(rest, " ", &rest), *unit = strtok_r(NULL, " ", &rest);
	struct line *line = name != NULL ? line_find(name) : NULL;
	int64_t address = 0;
	bool is_known = line != NULL && unit != NULL && number_read(unit, &address) && address > 0;
	struct meter *meter = is_known && address < 256 ? line->meters[address] : NULL;
	if (meter == NULL)
		return; /* no longer configured */
	while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
		if ((value = strchr(word, '=')) == NULL)
			die("%s: %s %s: %s", path, name, unit, word);
		*value++ = '\0';
		if (!meter_state_set(meter, word, value))
			die("%s: %s %s: %s=%s", path, name, unit, word, value);
	}
	meter_changed(meter);
}

static int64_t
clock_read(const char *path, const char *text)
{
	int64_t offset_ms;
	if (!number_read(text, &offset_ms))
		die("%s: clock %s", path, text);
	return offset_ms;
}

void
state_load(const char *path)
{
	char *text = NULL;
	size_t room = 0;
	FILE *file = fopen(path, "re");
	if (file == NULL && errno == ENOENT)
		return;
	if (file == NULL)
		die("%s: %s", path, strerror(errno));
	while (getline(&text, &room, file) >= 0) {
		text[strcspn(text, "\n")] = '\0';
		if (strncmp(text, "clock ", 6) == 0)
			meter_clock_step(clock_read(path, text + 6));
		else if (strncmp(text, "meter ", 6) == 0)
			meter_statement(path, text + 6);
		else if (strcmp(text, "metersim-state 1") != 0)
			die("%s: not a state file", path);
	}
	free(text);
	fclose(file);
}

static bool
state_write(FILE *file)
{
	int64_t offset_ms = meter_clock_offset_ms();
	fprintf(file, "metersim-state 1\n");
	if (offset_ms > 1000 || offset_ms < -1000)
		fprintf(file, "clock %lld\n", (long long)offset_ms);
	for (const struct line *line = lines; line != NULL; line = line->next) {
		for (size_t unit = 1; unit < 256; unit++) {
			struct meter *meter = line->meters[unit];
			if (meter == NULL || meter->head != NULL)
				continue;
			meter_advance(meter, meter_now_ms());
			fprintf(file, "meter %s %zu", line->name, unit);
			meter_state_print(meter, file);
			fputc('\n', file);
		}
	}
	return fflush(file) == 0 && !ferror(file);
}

void
state_save(const char *path)
{
	char draft[4096];
	snprintf(draft, sizeof draft, "%s.new", path);
	FILE *file = fopen(draft, "we");
	if (file == NULL || !state_write(file) || rename(draft, path) != 0)
		fprintf(stderr, "metersim: %s: %s\n", path, strerror(errno));
	if (file != NULL)
		fclose(file);
}
