/* Files with tariffs: five prices and the hours of the day. Each becomes a draft, which a person
 * looks at and publishes; seasons, days of their own and steps are for the editor. */
#include <string.h>

#include "base/text.h"
#include "model/import_private.h"
#include "model/tariff_check.h"
#include "model/tariff_edit.h"
#include "model/tariff_text.h"

enum { NAME, NOTE, COMPONENT, PRICES, HOURS = PRICES + TARIFF_PERIODS };

#define COMPONENT_DEFAULT "电价"
#define SLOT_MAX	  64

/* In the order of enum tariff_period. */
static const char *const PERIOD_WORDS[TARIFF_PERIODS] = { "sharp|尖|尖峰|尖时", "peak|峰|高峰|峰时",
	"flat|平|平段|平时", "valley|谷|低谷|谷时", "deep|深谷|deep valley" };

static const struct import_field FIELDS[] = {
	[NAME] = { "name", IMPORT_TEXT, .is_key = true, .is_required = true,
	    .words = "name|tariff|名称|电价|电价名称|电价方案|方案名称",
	    .examples = { "商铺分时", "单一电价" } },
	[NOTE] = { "note", IMPORT_TEXT, .is_clearable = true, .words = "note|remark|备注|说明",
	    .examples = { "一般工商业", "" } },
	[COMPONENT] = { "component", IMPORT_TEXT,
	    .words = "component|part of the price|组成|价格组成|费用项|收费项目",
	    .examples = { COMPONENT_DEFAULT, COMPONENT_DEFAULT } },
	[PRICES + TARIFF_SHARP] = { "sharp", IMPORT_CODE,
	    .words = "sharp|尖|尖电价|尖价|尖峰|尖峰电价", .examples = { "", "" } },
	[PRICES + TARIFF_PEAK] = { "peak", IMPORT_CODE, .words = "peak|峰|峰电价|峰价|高峰电价",
	    .examples = { "1.05", "" } },
	[PRICES + TARIFF_FLAT] = { "flat", IMPORT_CODE,
	    .words = "flat|平|平电价|平价|平段电价|单价|price", .examples = { "0.75", "0.65" } },
	[PRICES + TARIFF_VALLEY] = { "valley", IMPORT_CODE,
	    .words = "valley|谷|谷电价|谷价|低谷电价", .examples = { "0.35", "" } },
	[PRICES + TARIFF_DEEP] = { "deep", IMPORT_CODE,
	    .words = "deep|deep valley|深谷|深谷电价|深谷价", .examples = { "", "" } },
	[HOURS] = { "hours", IMPORT_TEXT, .words = "hours|times|slots|时段|时段表|分时时段",
	    .examples = { "00:00 valley; 08:00 peak; 12:00 flat; 22:00 valley", "" } },
};

static enum tariff_period
find_period(const char *word)
{
	size_t period = 0;

	while (period < TARIFF_PERIODS && !match_word(PERIOD_WORDS[period], word))
		period++;
	return (enum tariff_period)period;
}

/* "08:00 peak" */
static bool
parse_slot(const char *text, size_t length, struct tariff_slot *slot)
{
	char one[SLOT_MAX];

	if (length >= sizeof(one))
		return false;
	memcpy(one, text, length);
	one[length] = '\0';
	char *space = strchr(one, ' ');
	if (space == NULL)
		return false;
	*space = '\0';
	enum tariff_period period = find_period(space + 1);
	slot->period = (uint8_t)period;
	return period < TARIFF_PERIODS && tariff_time_parse(one, &slot->start_min) == RC_OK;
}

static void
take_hours(struct import_line *line, struct tariff_table *table)
{
	char hours[1024];
	const char *at = hours;

	*table = (struct tariff_table){ .count = 1, .slots = { { 0, TARIFF_FLAT } } };
	if (!take_name(line, HOURS, 250, hours, sizeof(hours)))
		return;
	table->count = 0;
	while (*at != '\0') {
		at += strspn(at, " ;,");
		size_t length = strcspn(at, ";,");
		if (length == 0)
			break;
		if (table->count == TARIFF_SLOTS_MAX ||
		    !parse_slot(at, length, &table->slots[table->count++])) {
			line_fault(line, HOURS, "NoHours", hours);
			return;
		}
		at += length;
	}
}

/* A period that has hours must have its price. */
static void
take_prices(struct import_line *line, struct tariff_version *version)
{
	char text[32];

	for (size_t period = 0; period < TARIFF_PERIODS; period++) {
		int64_t *price = &version->components[0].price_uyuan[period];
		*price = 0;
		if (take_code(line, PRICES + period, text, sizeof(text))) {
			if (tariff_price_parse(text, price) != RC_OK)
				line_fault(line, PRICES + period, "NoPrice", text);
		} else if (tariff_uses(version, (enum tariff_period)period))
			line_fault(line, PRICES + period, "Required", "");
	}
}

static void
take_version(struct import_line *line, struct tariff_version *version)
{
	static const struct import_rename names[] = { { "table_0_0", "hours" },
		{ "table_0_1", "hours" }, { "table_0_2", "hours" }, { "component_0", "component" },
		{ "season_0", "name" } };

	tariff_fixed(version, COMPONENT_DEFAULT, 0);
	take_name(line, COMPONENT, TARIFF_NAME_MAX, version->components[0].name,
	    sizeof(version->components[0].name));
	take_hours(line, &version->tables[0]);
	take_prices(line, version);
	if (line->faults.count > 0)
		return;
	tariff_check(version, &line->faults);
	line_rename(line, names, COUNT(names));
	if (line->faults.count == 0)
		tariff_ready(version);
}

static enum rc
store(struct import_line *line, struct tariff_row *row, const struct tariff_version *version)
{
	const struct import_run *run = line->run;
	enum rc rc = RC_OK;

	if (line->is_applying) {
		rc = tariff_insert(run->db, row, &run->by);
		struct tariff_version_row draft = { .tariff_id = row->tariff_id };
		if (rc == RC_OK)
			rc = tariff_draft_insert(run->db, &draft, version, &run->by);
	} else
		row->tariff_id = world_new_id(line->world);
	if (rc == RC_OK)
		world_put_tariff(line->world, row, version);
	line->object_id = row->tariff_id;
	line->revision = row->revision;
	return rc;
}

static enum rc
draft_line(struct import_line *line)
{
	struct tariff_version *version = arena_alloc(line->arena, sizeof(*version));
	struct tariff_row row = { 0 };
	const struct tariff_version *stored = NULL;
	int64_t before = 0;

	line->label = cell_text(line, NAME);
	line_require(line);
	if (take_name(line, NAME, TARIFF_TITLE_MAX, row.name, sizeof(row.name)))
		before = world_tariff(line->world, row.name, &stored);
	take_name(line, NOTE, TARIFF_NOTE_MAX, row.note, sizeof(row.note));
	take_version(line, version);
	tariff_validate(&row, &line->faults);
	line_once(line, NAME, 0, row.name);
	if (line->faults.count == 0) {
		tariff_compare(stored != NULL ? stored : &(const struct tariff_version){ 0 },
		    version, &line->changes);
		if (before != 0 && line->changes.count > 0)
			line_fault(line, NAME, "TariffExists", row.name);
	}
	line->object_id = before;
	line_judge(line, before);
	return line->outcome == IMPORT_NEW ? store(line, &row, version) : RC_OK;
}

/* ---- templates and the way back ---- */

static const char *
hours_text(struct arena *arena, const struct tariff_table *table)
{
	static const char *const names[] = { "sharp", "peak", "flat", "valley", "deep" };
	const char *text = "";
	char time[16];

	for (size_t i = 0; i < table->count; i++) {
		tariff_time_format(table->slots[i].start_min, time);
		text = arena_printf(arena, "%s%s%s %s", text, i > 0 ? "; " : "", time,
		    names[table->slots[i].period % COUNT(names)]);
	}
	return text;
}

static void
show(const struct import_world *world, struct arena *arena, int64_t id,
    const char *cells[IMPORT_FIELDS_MAX])
{
	const struct tariff_version *version;
	struct tariff_row row;
	char price[32];

	if (!world_tariff_row(world, id, &row, &version))
		return;
	cells[NAME] = arena_strdup(arena, row.name);
	cells[NOTE] = arena_strdup(arena, row.note);
	if (version == NULL || version->component_count == 0 || version->table_count == 0)
		return;
	cells[COMPONENT] = arena_strdup(arena, version->components[0].name);
	for (size_t period = 0; period < TARIFF_PERIODS; period++) {
		tariff_price_format(version->components[0].price_uyuan[period], price);
		if (version->components[0].price_uyuan[period] != 0)
			cells[PRICES + period] = arena_strdup(arena, price);
	}
	cells[HOURS] = hours_text(arena, &version->tables[0]);
}

/* A draft goes, its tariff is put away; what was published stays. */
static enum rc
erase(
    struct db *db, const struct import_past *past, bool is_touched, const struct operator_actor *by)
{
	struct tariff_version_row draft;
	struct tariff_row row;
	int64_t version_id;
	enum rc rc = tariff_find(db, past->object_id, &row);

	if (rc == RC_OK && !is_touched && row.revision != past->revision)
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = world_draft_of(db, past->object_id, &version_id);
	if (rc == RC_NOT_FOUND)
		return RC_INVALID;
	if (rc == RC_OK)
		rc = tariff_version_find(db, version_id, &draft);
	if (rc == RC_OK)
		rc = tariff_draft_remove(db, &draft, by);
	row.is_archived = true;
	return rc == RC_OK ? tariff_update(db, &row, by) : rc;
}

static bool
revision(const struct import_world *world, int64_t id, int64_t *out)
{
	const struct tariff_version *version;
	struct tariff_row row;

	if (!world_tariff_row(world, id, &row, &version))
		return false;
	*out = row.revision;
	return true;
}

const struct import_kind_table import_tariffs = {
	.name = "tariffs",
	.fields = FIELDS,
	.count = COUNT(FIELDS),
	.parts = WORLD_TARIFFS,
	.line = draft_line,
	.show = show,
	.count_stored = world_tariff_count,
	.stored_at = world_tariff_at,
	.erase = erase,
	.revision = revision,
};
