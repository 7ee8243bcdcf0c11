#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "link.h"
#include "store_alarm.h"
#include "store_write.h"

#define MARK(kind) (1u << (kind))
#define DETAIL_MAX 64
#define BUS_MARKS  (MARK(ALARM_BUS_LOST) | MARK(ALARM_BUS_NOISE))

/* ---- the fence ---- */

static enum rc
read_leases(struct db *db, struct writing *w)
{
	size_t count = 0;
	enum rc rc = lease_list_epochs(db, w->collector_id, w->leases, STORE_BUSES_MAX, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < w->known->bus_count; i++)
		w->known->buses[i].owned_epoch = 0;
	for (size_t i = 0; i < count; i++)
		known_bus(w->known, w->leases[i].bus_id)->owned_epoch = w->leases[i].epoch;
	return RC_OK;
}

static bool
is_owned(const struct writing *w, uint32_t bus_id, uint64_t epoch)
{
	return known_bus(w->known, bus_id)->owned_epoch == epoch;
}

static struct known_meter *
state_at(const struct writing *w, size_t i)
{
	return &w->known->meters[w->known->states.places[i]];
}

static bool
is_all_owned(const struct writing *w)
{
	for (size_t i = 0; i < w->item_count; i++) {
		if (!is_owned(w, w->items[i]->bus_id, w->items[i]->epoch))
			return false;
	}
	for (size_t i = 0; i < w->state_count; i++) {
		const struct known_meter *meter = state_at(w, i);
		if (!is_owned(w, meter->bus_id, meter->epoch))
			return false;
	}
	return true;
}

static void
drop_foreign(struct writing *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->item_count; i++) {
		if (is_owned(w, w->items[i]->bus_id, w->items[i]->epoch))
			w->items[kept++] = w->items[i];
		else
			w->dropped++;
	}
	w->item_count = kept;
	for (size_t i = 0; i < w->state_count; i++) {
		struct known_meter *meter = state_at(w, i);
		if (is_owned(w, meter->bus_id, meter->epoch))
			continue;
		w->dropped += meter->has_state;
		meter->has_state = false;
	}
}

/* Holds the fence for this transaction. An epoch that was seen under this very fence is ours still;
 * any other is looked up, and what is not ours is dropped. */
static enum rc
check_fence(struct db *db, struct writing *w)
{
	uint64_t fence;
	enum rc rc = lease_fence(db, w->collector_id, &fence);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_DENIED : rc;
	if (fence == w->fence && is_all_owned(w))
		return RC_OK;
	if ((rc = read_leases(db, w)) != RC_OK)
		return rc;
	w->has_moves |= fence != w->fence;
	w->fence = fence;
	drop_foreign(w);
	return RC_OK;
}

/* ---- alarms ---- */

/* Changes are rare, so what was and what will be is kept apart only while there are any. */
static void
settle_marks(struct writing *w, bool is_stored)
{
	struct known *known = w->known;

	for (size_t i = 0; w->has_new_marks && i < known->meter_count; i++) {
		struct known_meter *meter = &known->meters[i];
		if (is_stored)
			meter->marks = meter->new_marks;
		meter->new_marks = meter->marks;
	}
	for (size_t i = 0; w->has_new_marks && i < known->bus_count; i++) {
		struct known_bus *bus = &known->buses[i];
		if (is_stored)
			bus->marks = bus->new_marks;
		bus->new_marks = bus->marks;
	}
	w->has_new_marks = false;
}

/* Begins or ends one alarm, unless it is so already. */
static enum rc
set_mark(struct db *db, struct writing *w, uint32_t *marks, const struct alarm *alarm, bool begins)
{
	if (((*marks & MARK(alarm->kind)) != 0) == begins)
		return RC_OK;
	*marks ^= MARK(alarm->kind);
	w->has_new_marks = true;
	return begins ? alarm_begin(db, alarm) : alarm_end(db, alarm);
}

enum rc
store_set_alarm(struct db *db, struct writing *w, struct known_meter *meter,
    const struct alarm *alarm, bool begins)
{
	return set_mark(db, w, &meter->new_marks, alarm, begins);
}

enum rc
store_set_meter(struct db *db, struct writing *w, struct known_meter *meter, enum alarm_kind kind,
    bool begins, int64_t at, const char *detail)
{
	struct alarm alarm = { .kind = kind, .meter_id = meter->meter_id, .at = at };

	(void)snprintf(alarm.detail, sizeof(alarm.detail), "%s", detail);
	return store_set_alarm(db, w, meter, &alarm, begins);
}

static enum rc
set_bus(struct db *db, struct writing *w, struct known_bus *bus, enum alarm_kind kind, bool begins,
    int64_t at, const char *detail)
{
	struct alarm alarm = { .kind = kind, .bus_id = bus->bus_id, .at = at };

	(void)snprintf(alarm.detail, sizeof(alarm.detail), "%s", detail);
	return set_mark(db, w, &bus->new_marks, &alarm, begins);
}

static enum rc
meter_is_back(struct db *db, struct writing *w, struct known_meter *meter, int64_t at)
{
	if ((meter->new_marks & MARK(ALARM_METER_LOST)) == 0)
		return RC_OK;
	enum rc rc = bus_return_meter(db, meter->meter_id);
	return rc == RC_OK ? store_set_meter(db, w, meter, ALARM_METER_LOST, false, at, "") : rc;
}

static enum rc
bus_is_back(struct db *db, struct writing *w, struct known_bus *bus, int64_t at)
{
	if ((bus->new_marks & BUS_MARKS) == 0)
		return RC_OK;
	enum rc rc = bus_return(db, bus->bus_id, at);
	if (rc == RC_OK)
		rc = set_bus(db, w, bus, ALARM_BUS_LOST, false, at, "");
	if (rc == RC_OK)
		rc = set_bus(db, w, bus, ALARM_BUS_NOISE, false, at, "");
	bus->needs_fold = true;
	return rc;
}

static enum rc
meter_is_lost(
    struct db *db, struct writing *w, struct known_meter *meter, const struct item_event *event)
{
	enum rc rc = bus_lose_meter(db, meter->meter_id, event->at);

	if (rc == RC_OK)
		rc = store_set_meter(db, w, meter, ALARM_METER_LOST, true, event->at,
		    trouble_name((enum trouble)event->trouble));
	return rc;
}

/* Its meters are lost with it, also those that nobody asks as long as the line cannot be opened. */
static enum rc
meters_are_lost(
    struct db *db, struct writing *w, struct known_bus *bus, const struct item_event *event)
{
	uint32_t ids[BUS_METERS_MAX];
	size_t count = 0;
	enum rc rc = bus_list_meters(db, bus->bus_id, ids, &count);

	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		struct known_meter *meter = known_meter(w->known, ids[i]);
		if ((meter->new_marks & MARK(ALARM_METER_LOST)) == 0)
			rc = meter_is_lost(db, w, meter, event);
	}
	return rc;
}

static enum rc
bus_is_lost(struct db *db, struct writing *w, struct known_bus *bus, const struct item_event *event)
{
	const char *trouble = trouble_name((enum trouble)event->trouble);
	bool is_noise = event->trouble == TROUBLE_NOISE;
	enum rc rc = bus_lose(db, bus->bus_id, event->at, trouble);

	if (rc == RC_OK)
		rc = set_bus(db, w, bus, ALARM_BUS_NOISE, is_noise, event->at, trouble);
	if (rc == RC_OK)
		rc = set_bus(db, w, bus, ALARM_BUS_LOST, !is_noise, event->at, trouble);
	bus->needs_fold = true;
	return rc == RC_OK ? meters_are_lost(db, w, bus, event) : rc;
}

static enum rc
store_event(struct db *db, struct writing *w, const struct item *item)
{
	const struct item_event *event = &item->u.event;
	struct known_bus *bus = known_bus(w->known, item->bus_id);
	struct known_meter *meter =
	    event->meter_id == 0 ? NULL : known_meter(w->known, event->meter_id);
	char detail[DETAIL_MAX];

	switch (item->kind) {
	case ITEM_METER_LOST:
		bus->needs_fold |= (bus->new_marks & BUS_MARKS) != 0;
		return meter_is_lost(db, w, meter, event);
	case ITEM_METER_BACK:
		return meter_is_back(db, w, meter, event->at);
	case ITEM_MISMATCH:
		return store_set_meter(db, w, meter, ALARM_MODEL_MISMATCH, true, event->at, "");
	case ITEM_OTHER_METER:
		(void)snprintf(detail, sizeof(detail), "other_meter %s", event->number);
		return store_set_meter(
		    db, w, meter, ALARM_IDENTITY_MISMATCH, true, event->at, detail);
	case ITEM_BUS_LOST:
		return bus_is_lost(db, w, bus, event);
	case ITEM_BUS_BACK:
		return bus_is_back(db, w, bus, event->at);
	default:
		return RC_OK;
	}
}

static const char *
doubt_word(unsigned quality)
{
	if ((quality & QUALITY_EMPTY) != 0)
		return "empty";
	return (quality & QUALITY_DECREASED) != 0 ? "decreased" : "jump";
}

/* That another meter answers explains why the values do not follow: one alarm says it. */
static enum rc
judge_values(struct db *db, struct writing *w, struct known_meter *meter, int64_t at)
{
	bool is_other = ((meter->doubts | meter->state.quality) & QUALITY_OTHER_METER) != 0;
	char detail[DETAIL_MAX];
	enum rc rc = RC_OK;

	if ((meter->doubts & QUALITY_UNUSABLE) != 0 && !is_other) {
		(void)snprintf(detail, sizeof(detail), "%s %lld", doubt_word(meter->doubts),
		    (long long)meter->state.energy_wh);
		rc = store_set_meter(db, w, meter, ALARM_IMPLAUSIBLE, true, at, detail);
	}
	if (rc == RC_OK && (is_other || (meter->state.quality & QUALITY_UNUSABLE) == 0))
		rc = store_set_meter(db, w, meter, ALARM_IMPLAUSIBLE, false, at, "");
	return rc;
}

/* What an answer says by itself: its meter and its bus are back, and it can be believed or not.
 * After a restart nobody else knows that they were lost. */
static enum rc
judge_state(struct db *db, struct writing *w, struct known_meter *meter)
{
	struct known_bus *bus = known_bus(w->known, meter->bus_id);
	int64_t at = meter->state.read_at;
	enum rc rc;

	if (!meter->has_state ||
	    (meter->marks == 0 && bus->marks == 0 && (meter->doubts & QUALITY_UNUSABLE) == 0))
		return RC_OK;
	rc = judge_values(db, w, meter, at);
	if (rc == RC_OK)
		rc = store_set_meter(db, w, meter, ALARM_MODEL_MISMATCH, false, at, "");
	if (rc == RC_OK && (meter->state.quality & QUALITY_OTHER_METER) == 0)
		rc = store_set_meter(db, w, meter, ALARM_IDENTITY_MISMATCH, false, at, "");
	if (rc == RC_OK)
		rc = meter_is_back(db, w, meter, at);
	return rc == RC_OK ? bus_is_back(db, w, bus, at) : rc;
}

static enum rc
fold(struct db *db, struct known_bus *bus)
{
	if (!bus->needs_fold)
		return RC_OK;
	bus->needs_fold = false;
	return alarm_fold(db, bus->bus_id, clock_now());
}

static enum rc
store_alarms(struct db *db, struct writing *w)
{
	enum rc rc = RC_OK;

	settle_marks(w, false);
	for (size_t i = 0; i < w->state_count && rc == RC_OK; i++)
		rc = judge_state(db, w, state_at(w, i));
	for (size_t i = 0; i < w->state_count && rc == RC_OK; i++)
		rc = store_judge_money(db, w, state_at(w, i));
	for (size_t i = 0; i < w->state_count && rc == RC_OK; i++)
		rc = store_alarm_settle(db, w, state_at(w, i));
	for (size_t i = 0; i < w->item_count && rc == RC_OK; i++) {
		if (w->items[i]->kind != ITEM_READING)
			rc = store_event(db, w, w->items[i]);
	}
	for (size_t i = 0; i < w->state_count && rc == RC_OK; i++)
		rc = fold(db, known_bus(w->known, state_at(w, i)->bus_id));
	for (size_t i = 0; i < w->item_count && rc == RC_OK; i++)
		rc = fold(db, known_bus(w->known, w->items[i]->bus_id));
	return rc;
}

/* ---- rows ---- */

static enum rc
store_half_hours(struct db *db, struct writing *w)
{
	const struct reading *readings[STORE_BATCH_MAX];
	size_t count = 0;

	for (size_t i = 0; i < w->item_count; i++) {
		if (w->items[i]->kind == ITEM_READING)
			readings[count++] = &w->items[i]->u.reading;
	}
	return reading_store(db, w->batch, readings, count);
}

/* Registers that hold nothing are not shown as values. */
static enum rc
store_states(struct db *db, struct writing *w)
{
	const struct reading *readings[STORE_BATCH_MAX];
	size_t count = 0;

	for (size_t i = 0; i < w->state_count; i++) {
		const struct known_meter *meter = state_at(w, i);
		if (meter->has_state && (meter->state.quality & QUALITY_EMPTY) == 0)
			readings[count++] = &meter->state;
	}
	return reading_store_state(db, w->batch, readings, count);
}

static enum rc
store_rounds(struct db *db, const struct writing *w)
{
	struct bus_round rounds[BUS_ROWS_MAX];
	size_t count = 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < w->known->bus_count && rc == RC_OK; i++) {
		const struct known_bus *bus = &w->known->buses[i];
		if (!bus->has_round || bus->owned_epoch != bus->round_epoch)
			continue;
		rounds[count++] = bus->round;
		if (count == BUS_ROWS_MAX) {
			rc = bus_store_rounds(db, rounds, count);
			count = 0;
		}
	}
	return rc == RC_OK ? bus_store_rounds(db, rounds, count) : rc;
}

static enum rc
store_polls(struct db *db, struct writing *w)
{
	struct bus_polls polls[BUS_ROWS_MAX];
	size_t count = 0;

	for (w->polled_count = 0; w->polled_count < w->known->polled.count; w->polled_count++) {
		const struct known_meter *meter =
		    &w->known->meters[w->known->polled.places[w->polled_count]];
		if (count + COUNT(meter->polls) > BUS_ROWS_MAX)
			break;
		if (!is_owned(w, meter->bus_id, meter->epoch))
			continue;
		for (size_t i = 0; i < COUNT(meter->polls); i++) {
			if (meter->polls[i].asked > 0)
				polls[count++] = meter->polls[i];
		}
	}
	return bus_add_polls(db, polls, count);
}

static enum rc
write_all(struct db *db, void *context)
{
	struct writing *w = context;
	enum rc rc = check_fence(db, w);

	w->polled_count = 0;
	if (rc == RC_OK && w->has_moves)
		rc = store_drop_moved(db, w);
	if (rc == RC_OK)
		rc = store_half_hours(db, w);
	if (rc == RC_OK)
		rc = store_states(db, w);
	if (rc == RC_OK)
		rc = store_alarms(db, w);
	if (rc == RC_OK && w->with_rounds)
		rc = store_rounds(db, w);
	if (rc == RC_OK && w->with_polls)
		rc = store_polls(db, w);
	return rc;
}

enum rc
store_write(struct db *db, struct writing *writing)
{
	assert(writing->item_count <= STORE_BATCH_MAX && writing->state_count <= STORE_BATCH_MAX);
	store_alarm_judge(writing->known, writing->state_count);
	enum rc rc = db_transact(db, write_all, writing);

	settle_marks(writing, rc == RC_OK);
	return rc;
}
