#include "model/holiday.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/edit.h"

enum { LIST, FIND, SET, REMOVE };
static const struct query Q[] QUERIES = {
	[LIST] = { .sql = "SELECT day, kind, name FROM holiday WHERE day >= ? AND day < ?"
			  " ORDER BY day LIMIT 366" },
	[FIND] = { .sql = "SELECT kind, name FROM holiday WHERE day = ? FOR UPDATE",
	    .bounded = "primary key" },
	[SET] = { .sql = "INSERT INTO holiday (day, kind, name) VALUES (?, ?, ?)"
			 " ON DUPLICATE KEY UPDATE kind = VALUES(kind), name = VALUES(name)" },
	[REMOVE] = { .sql = "DELETE FROM holiday WHERE day = ?" },
};

static const char *
kind_name(bool is_workday)
{
	return is_workday ? "workday" : "holiday";
}

static void
load(const struct rows *rows, size_t kind, struct holiday *holiday)
{
	holiday->is_workday = strcmp(rows_text(rows, kind), "workday") == 0;
	(void)text_copy(holiday->name, sizeof(holiday->name), rows_text(rows, kind + 1));
}

enum rc
holiday_list(struct db *db, struct arena *arena, int year, struct holiday **list, size_t *count)
{
	struct civil first = { .year = year, .month = 1, .day = 1 };
	struct day from = { (int32_t)(clock_from_utc(&first) / (24 * CLOCK_HOUR)) };
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LIST], ARGS(D(from), D(clock_month_add(from, 12))), &rows);

	*list = arena_alloc(arena, HOLIDAY_YEAR_MAX * sizeof(**list));
	*count = 0;
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && *count < HOLIDAY_YEAR_MAX) {
		(*list)[*count].day = rows_day(rows, 0);
		load(rows, 1, &(*list)[(*count)++]);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
find(struct db *db, struct day day, struct holiday *holiday)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(D(day)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		holiday->day = day;
		load(rows, 0, holiday);
	}
	rows_end(rows);
	return rc;
}

/* The number of a day is the number of the object; 0 is 1970-01-01, which nobody edits. */
static enum rc
audit(struct db *db, const struct operator_actor *by, const char *action,
    const struct holiday *before, const struct holiday *after, struct day day)
{
	struct changes changes = { 0 };
	char text[16];

	clock_format_day(day, text, sizeof(text));
	change_text(&changes, "day", before != NULL ? text : "", after != NULL ? text : "");
	change_text(&changes, "kind", before != NULL ? kind_name(before->is_workday) : "",
	    after != NULL ? kind_name(after->is_workday) : "");
	change_text(
	    &changes, "name", before != NULL ? before->name : "", after != NULL ? after->name : "");
	return edit_audit(db, by, action, "holiday", day.number, &changes, NULL);
}

static enum rc
set_one(struct db *db, const struct holiday *holiday, struct day earliest,
    const struct operator_actor *by, size_t *changed)
{
	struct holiday before;
	enum rc rc = find(db, holiday->day, &before);
	bool is_there = rc == RC_OK;

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (is_there && before.is_workday == holiday->is_workday &&
	    strcmp(before.name, holiday->name) == 0)
		return RC_OK;
	if (holiday->day.number < earliest.number)
		return RC_CONFLICT;
	rc = db_exec(db, &Q[SET],
	    ARGS(D(holiday->day), S(kind_name(holiday->is_workday)), S(holiday->name)));
	if (rc != RC_OK)
		return rc;
	(*changed)++;
	return audit(db, by, "holiday.set", is_there ? &before : NULL, holiday, holiday->day);
}

enum rc
holiday_set(struct db *db, const struct holiday *list, size_t count, struct day earliest,
    const struct operator_actor *by, size_t *changed)
{
	enum rc rc = RC_OK;

	*changed = 0;
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = set_one(db, &list[i], earliest, by, changed);
	return rc;
}

enum rc
holiday_remove(struct db *db, struct day day, struct day earliest, const struct operator_actor *by)
{
	struct holiday before;
	enum rc rc = find(db, day, &before);

	if (rc != RC_OK)
		return rc;
	if (day.number < earliest.number)
		return RC_CONFLICT;
	if ((rc = db_exec(db, &Q[REMOVE], ARGS(D(day)))) != RC_OK)
		return rc;
	return audit(db, by, "holiday.remove", &before, NULL, day);
}

/* ---- a pasted list ---- */

/* Takes a day from the beginning of the text. */
static enum rc
take_day(const char **text, struct day *day)
{
	char word[11] = "";

	if (strlen(*text) < 10)
		return RC_INVALID;
	memcpy(word, *text, 10);
	if (clock_parse_day(word, day) != RC_OK)
		return RC_INVALID;
	*text += 10;
	return RC_OK;
}

static bool
take_word(const char **text, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*text, word, length) != 0)
		return false;
	*text += length;
	return true;
}

static void
skip_spaces(const char **text)
{
	while (**text == ' ')
		(*text)++;
}

static bool
take_range_mark(const char **text)
{
	skip_spaces(text);
	return take_word(text, "..") || take_word(text, "~") || take_word(text, "～") ||
	       take_word(text, "至") || take_word(text, "—") || take_word(text, "–");
}

static bool
take_work_mark(const char **text)
{
	static const char *const MARKS[] = { "班", "上班", "调休", "补班", "work", "workday" };

	skip_spaces(text);
	for (size_t i = COUNT(MARKS); i-- > 0;) {
		const char *rest = *text;
		if (take_word(&rest, MARKS[i]) && (*rest == ' ' || *rest == '\0')) {
			*text = rest;
			return true;
		}
	}
	return false;
}

static enum rc
parse_line(const char *line, struct holiday *list, size_t *count)
{
	struct holiday holiday = { 0 };
	struct day last;

	if (take_day(&line, &holiday.day) != RC_OK)
		return RC_INVALID;
	last = holiday.day;
	const char *rest = line;
	if (take_range_mark(&rest)) {
		skip_spaces(&rest);
		if (take_day(&rest, &last) != RC_OK)
			return RC_INVALID;
		line = rest;
	}
	if (*line != ' ' && *line != '\0')
		return RC_INVALID;
	holiday.is_workday = take_work_mark(&line);
	if (text_clean_name(line, HOLIDAY_NAME_MAX, holiday.name, sizeof(holiday.name)) != RC_OK ||
	    last.number < holiday.day.number ||
	    (size_t)(last.number - holiday.day.number) >= HOLIDAY_YEAR_MAX - *count)
		return RC_INVALID;
	for (; holiday.day.number <= last.number; holiday.day = clock_day_add(holiday.day, 1))
		list[(*count)++] = holiday;
	return RC_OK;
}

void
holiday_parse(const char *text, struct holiday *list, size_t *count, struct faults *faults)
{
	char line[256];

	*count = 0;
	for (int number = 1; *text != '\0'; number++) {
		size_t length = strcspn(text, "\n"), kept = 0;
		for (size_t i = 0; i < length && kept + 1 < sizeof(line); i++)
			line[kept++] = strchr("\t\r,;", text[i]) != NULL ? ' ' : text[i];
		line[kept] = '\0';
		const char *start = line;
		skip_spaces(&start);
		if (*start != '\0' &&
		    (length + 1 > sizeof(line) || parse_line(start, list, count) != RC_OK))
			fault_add(faults, "list", "HolidayLine", "%d\t%s", number, start);
		text += length + (text[length] == '\n');
	}
}
