/* Files with accounts: who the tenants are, and which meters serve them. An account of several
 * meters has a line for each. */
#include <string.h>

#include "base/pinyin.h"
#include "base/text.h"
#include "model/import_private.h"

enum { NUMBER, NAME, PHONE, INITIALS, METER, OPENED };

static const struct import_field FIELDS[] = {
	[NUMBER] = { "number", IMPORT_CODE, .is_key = true, .is_required = true,
	    .words = "number|account|account number|account no|户号|账号|用户编号|户口号|编号",
	    .examples = { "A0301", "A0302" } },
	[NAME] = { "name", IMPORT_TEXT, .is_required = true,
	    .words =
		"name|tenant|account name|customer|户名|用户|用户名称|租户|商户|名称|商户名称|客户",
	    .examples = { "云集电子商务", "星河便利店" } },
	[PHONE] = { "phone", IMPORT_CODE, .is_clearable = true,
	    .words = "phone|mobile|telephone|手机|电话|手机号|联系电话",
	    .examples = { "13800000001", "13800000002" } },
	[INITIALS] = { "initials", IMPORT_CODE, .is_clearable = true,
	    .words = "initials|拼音首字母|首字母|简拼|拼音", .examples = { "", "" } },
	[METER] = { "meter", IMPORT_CODE, .is_key = true, .is_required = true,
	    .words = "meter|meter number|meter no|表号|电表编号|电表号|表计编号",
	    .examples = { "202303000367", "202303000370" } },
	[OPENED] = { "opened_on", IMPORT_DAY,
	    .words = "opened on|opened|since|开户日期|开户日|开户时间|起始日期",
	    .examples = { "2026-01-01", "" } },
};

/* The meter of the line, if the operator may give it away. */
static int64_t
find_meter(struct import_line *line, int64_t account_id)
{
	char number[METER_NUMBER_MAX + 1];
	struct account_row other;
	struct meter_row meter;
	struct near near;

	if (!take_code(line, METER, number, sizeof(number)))
		return 0;
	int64_t id = world_meter(line->world, number);
	if (id == 0 || !world_meter_row(line->world, id, &meter) ||
	    !world_sees_place(line->world, meter.place_id)) {
		near_begin(&near, number);
		world_near_meter(line->world, &near);
		line_not_found(line, METER, number, &near);
		return 0;
	}
	int64_t holder = world_account_of(line->world, id);
	if (holder != 0 && holder != account_id && world_account_row(line->world, holder, &other)) {
		line_fault(line, METER, "MeterServes",
		    arena_printf(line->arena, "%s\t%s", other.number, other.name));
		return 0;
	}
	return id;
}

/* An account is in the scope when one of its meters is. */
static bool
sees_account(const struct import_line *line, int64_t account_id)
{
	struct meter_row meter;

	if (!scope_is_limited(line->run->scope))
		return true;
	for (size_t i = 0; i < world_meter_count(line->world); i++) {
		int64_t id = world_meter_at(line->world, i);
		if (world_account_of(line->world, id) == account_id &&
		    world_meter_row(line->world, id, &meter) &&
		    world_sees_place(line->world, meter.place_id))
			return true;
	}
	return false;
}

static void
take_values(struct import_line *line, struct account_row *row)
{
	struct day day;

	take_name(line, NAME, ACCOUNT_NAME_MAX, row->name, sizeof(row->name));
	take_code(line, PHONE, row->phone, sizeof(row->phone));
	if (row->account_id == 0 && cell_is_empty(line, INITIALS))
		pinyin_initials(row->name, row->initials, sizeof(row->initials));
	take_code(line, INITIALS, row->initials, sizeof(row->initials));
	if (row->account_id != 0)
		return; /* when it was opened is no matter of a file any more */
	row->opened_at = line->run->by.now;
	if (!take_day(line, OPENED, &day))
		return;
	row->opened_at = clock_day_start(day);
	if (row->opened_at > line->run->by.now)
		line_fault(line, OPENED, "DayAhead", "");
}

static void
compare(struct import_line *line, const struct account_row *old, const struct account_row *row,
    int64_t meter_id)
{
	bool is_given = meter_id != 0 && (row->account_id == 0 || world_account_of(line->world,
								      meter_id) != row->account_id);

	account_compare(old, row, &line->changes);
	if (is_given)
		change_text(&line->changes, "meter", "", cell_text(line, METER));
}

static enum rc
write_account(struct import_line *line, struct account_row *row, int64_t meter_id, bool gives)
{
	const struct import_run *run = line->run;
	enum rc rc = line->outcome == IMPORT_NEW ? account_insert(run->db, row, &run->by)
						 : account_update(run->db, row, &run->by);

	return rc == RC_OK && gives ? account_give_meter(run->db, row, meter_id, &run->by) : rc;
}

static enum rc
store(struct import_line *line, struct account_row *row, int64_t meter_id)
{
	bool is_new = line->outcome == IMPORT_NEW;
	bool gives =
	    meter_id != 0 && (is_new || world_account_of(line->world, meter_id) != row->account_id);
	enum rc rc = RC_OK;

	if (line->is_applying)
		rc = write_account(line, row, meter_id, gives);
	else if (is_new)
		row->account_id = world_new_id(line->world);
	if (rc == RC_OK) {
		world_put_account(line->world, row);
		if (gives)
			world_put_tenant(line->world, meter_id, row->account_id);
	}
	line->object_id = row->account_id;
	line->revision = row->revision;
	return rc;
}

static enum rc
account_line(struct import_line *line)
{
	struct account_row row = { 0 }, old = { 0 };
	char number[ACCOUNT_NUMBER_MAX + 1] = "";
	int64_t before = 0;

	line->label = cell_text(line, NUMBER);
	if (take_code(line, NUMBER, number, sizeof(number)))
		before = world_account(line->world, number);
	if (before != 0 && world_account_row(line->world, before, &row)) {
		old = row;
		if (!sees_account(line, before))
			line_fault(line, NUMBER, "OutOfScope", "");
	} else {
		line_require(line);
		text_copy(row.number, sizeof(row.number), number);
	}
	take_values(line, &row);
	int64_t meter_id = find_meter(line, before);
	account_validate(&row, &line->faults);
	if (*number != '\0')
		line_once(line, NUMBER, meter_id, number);
	compare(line, &old, &row, meter_id);
	line->object_id = before;
	line_judge(line, before);
	if (line->outcome != IMPORT_NEW && line->outcome != IMPORT_CHANGED)
		return RC_OK;
	/* The meter is part of the key, yet a line that gave one has to take it back. */
	for (size_t i = 0; i < line->changes.count && before != 0; i++)
		if (strcmp(line->changes.list[i].field, "meter") == 0)
			line->old_cells[METER] = "";
	return store(line, &row, meter_id);
}

/* ---- templates and the way back ---- */

static void
show(const struct import_world *world, struct arena *arena, int64_t id,
    const char *cells[IMPORT_FIELDS_MAX])
{
	struct account_row row;
	char day[16];

	if (!world_account_row(world, id, &row))
		return;
	clock_format_day(clock_day(row.opened_at), day, sizeof(day));
	cells[NUMBER] = arena_strdup(arena, row.number);
	cells[NAME] = arena_strdup(arena, row.name);
	cells[PHONE] = arena_strdup(arena, row.phone);
	cells[INITIALS] = arena_strdup(arena, row.initials);
	cells[METER] = "";
	cells[OPENED] = arena_strdup(arena, day);
}

/* A template has a line for each meter that serves an account. */
static int64_t
stored_at(const struct import_world *world, size_t n)
{
	struct meter_row row;
	int64_t id = world_meter_at(world, n);

	return world_account_of(world, id) != 0 && world_meter_row(world, id, &row) &&
		       world_sees_place(world, row.place_id)
		   ? id
		   : 0;
}

static void
show_stored(const struct import_world *world, struct arena *arena, int64_t meter_id,
    const char *cells[IMPORT_FIELDS_MAX])
{
	struct meter_row meter;

	show(world, arena, world_account_of(world, meter_id), cells);
	if (world_meter_row(world, meter_id, &meter))
		cells[METER] = arena_strdup(arena, meter.number);
}

static enum rc
take_back(
    struct db *db, const struct account_row *row, int64_t meter_id, const struct operator_actor *by)
{
	enum rc rc = meter_id == 0 ? RC_OK : account_take_meter(db, row, meter_id, by);

	return rc == RC_NOT_FOUND ? RC_CONFLICT : rc;
}

static enum rc
erase(
    struct db *db, const struct import_past *past, bool is_touched, const struct operator_actor *by)
{
	struct account_row row;
	enum rc rc = account_load_row(db, past->object_id, &row);

	if (rc == RC_OK && !is_touched && row.revision != past->revision)
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = take_back(db, &row, past->meter_id, by);
	return rc == RC_OK ? account_erase(db, &row, by) : rc;
}

static enum rc
restore(struct db *db, const struct import_past *past, const struct operator_actor *by)
{
	struct account_row row;

	if (past->old_cells[METER] == NULL)
		return RC_OK;
	enum rc rc = account_load_row(db, past->object_id, &row);
	return rc == RC_OK ? take_back(db, &row, past->meter_id, by) : rc;
}

static bool
revision(const struct import_world *world, int64_t id, int64_t *out)
{
	struct account_row row;

	if (!world_account_row(world, id, &row))
		return false;
	*out = row.revision;
	return true;
}

const struct import_kind_table import_accounts = {
	.name = "accounts",
	.fields = FIELDS,
	.count = COUNT(FIELDS),
	.parts = WORLD_PLACES | WORLD_GATEWAYS | WORLD_BUSES | WORLD_METERS | WORLD_ACCOUNTS,
	.line = account_line,
	.show = show,
	.show_stored = show_stored,
	.count_stored = world_meter_count,
	.stored_at = stored_at,
	.erase = erase,
	.restore = restore,
	.revision = revision,
};
