#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "order.h"

#define SCAN_TIMEOUT_MS 300 /* meters answer within 20 to 200 ms (domain.md §5) */
#define TRIES_MAX	2
#define TEST_METERS_MAX 3
#define READ_HOLDING	3
#define TYPE_ADDRESS	0x0200 /* of the Acrel family */
#define STAGE_TYPE	0
#define STAGE_NUMBER	1
#define STAGE_OTHERS	2 /* and on: profiles that have no type register, one after another */

static const struct profile *
find_type(uint16_t type)
{
	size_t count;
	const struct profile *const *list = profile_list(&count);

	for (size_t i = 0; i < count; i++)
		if (list[i]->type_address == TYPE_ADDRESS && list[i]->type_value == type)
			return list[i];
	return NULL;
}

/* The nth profile that cannot be told by a type register, NULL behind the last. */
static const struct profile *
find_other(size_t n)
{
	size_t count;
	const struct profile *const *list = profile_list(&count);

	for (size_t i = 0; i < count; i++)
		if (list[i]->type_address == 0 && n-- == 0)
			return list[i];
	return NULL;
}

static void
tell_found(struct bus *bus, const struct order *order, const char *outcome, const char *number)
{
	struct item item = item_of(bus, ITEM_ORDER_FOUND);

	item.u.found = (struct item_found){ .command_id = order->command.command_id,
		.unit = order->unit,
		.step = order->step,
		.answer_ms = order->answer_ms,
		.outcome = outcome,
		.model_code = order->model_code != NULL ? order->model_code : "" };
	(void)text_copy(item.u.found.number, sizeof(item.u.found.number), number);
	outbox_put(bus->outbox, &item);
}

/* ---- scan ---- */

/* The address is done with; the next one begins anew. */
static void
settle_unit(struct bus *bus, struct order *order, const char *outcome, const char *number)
{
	char result[ITEM_RESULT_MAX];

	order->step++;
	order->asked++;
	if (order->answer_ms >= 0)
		order->answers++;
	tell_found(bus, order, outcome, number);
	if (order->unit == order->command.scan.to) {
		(void)snprintf(
		    result, sizeof(result), "scanned %u %u", order->answers, order->asked);
		order_end(bus, order, COMMAND_CONFIRMED, result);
		return;
	}
	order->unit++;
	order->stage = STAGE_TYPE;
	order->tries = 0;
	order->answer_ms = -1;
	order->model_code = NULL;
}

/* Registers of the unit, with the short time-out of a scan. */
static enum trouble
probe(struct bus *bus, struct order *order, const struct block *block, uint16_t *registers)
{
	int64_t began = clock_mono();
	enum rc rc = link_read(bus->link, (uint8_t)order->unit, block->function, block->address,
	    block->count, registers, SCAN_TIMEOUT_MS, 0);
	enum trouble trouble = rc == RC_OK ? TROUBLE_NONE : link_trouble(bus->link);
	bool is_answer = trouble == TROUBLE_NONE || trouble == TROUBLE_REFUSED;

	if (is_answer && order->answer_ms < 0)
		order->answer_ms = (int32_t)(clock_mono() - began);
	bus->is_answered |= is_answer;
	/* Some gateways close the connection after a silence: it is opened again at once. */
	if (!link_is_open(bus->link) && trouble != TROUBLE_STOPPED)
		bus->open_at = 0;
	return trouble;
}

/* Neither values nor a refusal. */
static void
settle_silence(struct bus *bus, struct order *order, enum trouble trouble)
{
	bool is_unclear = trouble == TROUBLE_DAMAGED || trouble == TROUBLE_OPEN;

	if (trouble == TROUBLE_STOPPED)
		return;
	if (trouble == TROUBLE_NOISE) {
		order_end(bus, order, COMMAND_FAILED, "noise");
		return;
	}
	if (is_unclear && ++order->tries < TRIES_MAX)
		return;
	if (order->answer_ms >= 0)
		settle_unit(bus, order, "answered", "");
	else
		settle_unit(bus, order, trouble == TROUBLE_DAMAGED ? "damaged" : "silent", "");
}

static void
ask_type(struct bus *bus, struct order *order)
{
	static const struct block TYPE = { READ_HOLDING, TYPE_ADDRESS, 1 };
	uint16_t type = 0;
	enum trouble trouble = probe(bus, order, &TYPE, &type);

	if (trouble == TROUBLE_REFUSED) {
		order->stage = STAGE_OTHERS;
		return;
	}
	if (trouble != TROUBLE_NONE) {
		settle_silence(bus, order, trouble);
		return;
	}
	const struct profile *profile = find_type(type);
	order->tries = 0;
	if (profile == NULL) {
		settle_unit(bus, order, "answered", "");
		return;
	}
	order->model_code = profile->code;
	order->stage = STAGE_NUMBER;
}

static void
ask_number(struct bus *bus, struct order *order)
{
	const struct profile *profile = profile_find(order->model_code);
	uint16_t registers[PROFILE_REGISTERS_MAX];
	char number[IDENTITY_ROOM] = "";
	enum trouble trouble = TROUBLE_NONE;

	if (profile->identity.block.count > 0) {
		trouble = probe(bus, order, &profile->identity.block, registers);
		if (trouble == TROUBLE_NONE)
			identity_decode(&profile->identity, registers, number);
	}
	if (trouble == TROUBLE_NONE || trouble == TROUBLE_REFUSED)
		settle_unit(bus, order, "answered", number);
	else if (trouble == TROUBLE_TIMEOUT && ++order->tries < TRIES_MAX)
		return;
	else
		settle_silence(bus, order, trouble);
}

/* It answers, but not as an Acrel meter: one of the others has the registers it gives. */
static void
ask_others(struct bus *bus, struct order *order)
{
	const struct profile *profile = find_other(order->stage - STAGE_OTHERS);
	uint16_t registers[PROFILE_REGISTERS_MAX];

	if (profile == NULL) {
		settle_unit(bus, order, "refused", "");
		return;
	}
	enum trouble trouble = probe(bus, order, &profile->blocks[0], registers);
	if (trouble == TROUBLE_REFUSED) {
		order->stage++;
		return;
	}
	if (trouble != TROUBLE_NONE) {
		settle_silence(bus, order, trouble);
		return;
	}
	order->model_code = profile->code;
	settle_unit(bus, order, "answered", "");
}

void
order_scan_turn(struct bus *bus, struct order *order)
{
	if (order->unit == 0) {
		order->unit = (uint16_t)order->command.scan.from;
		order->answer_ms = -1;
	}
	if (order->stage == STAGE_TYPE)
		ask_type(bus, order);
	else if (order->stage == STAGE_NUMBER)
		ask_number(bus, order);
	else
		ask_others(bus, order);
}

/* ---- test of the connection ---- */

static const char *
reason_of(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return "refused";
	case ETIMEDOUT:
	case EINPROGRESS:
		return "timeout";
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENETDOWN:
	case EHOSTDOWN:
		return "unreachable";
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return "absent";
	case EACCES:
	case EPERM:
		return "denied";
	case EBUSY:
		return "busy";
	default:
		return "other";
	}
}

void
order_test_fail(struct bus *bus, struct order *order)
{
	char result[ITEM_RESULT_MAX];

	(void)snprintf(result, sizeof(result), "open_%s", reason_of(link_error(bus->link)));
	order_end(bus, order, COMMAND_FAILED, result);
}

static const char *
test_outcome(enum trouble trouble)
{
	switch (trouble) {
	case TROUBLE_NONE:
		return "answered";
	case TROUBLE_REFUSED:
		return "refused";
	case TROUBLE_DAMAGED:
		return "damaged";
	default:
		return "silent";
	}
}

/* The first block of a meter, as a poll reads it. Marks order->model_code with what it is. */
static enum trouble
ask_meter(struct bus *bus, struct order *order, const struct meter_definition *meter)
{
	const struct profile *profile = meter->profile;
	const struct block *block = &profile->blocks[0];
	uint16_t registers[PROFILE_REGISTERS_MAX];
	int64_t began = clock_mono();
	enum rc rc = link_read(bus->link, meter->unit, block->function, block->address,
	    block->count, registers, bus_timeout_ms(bus, profile), profile->min_gap_ms);

	order->unit = meter->unit;
	order->answer_ms = -1;
	order->model_code = NULL;
	if (rc != RC_OK)
		return link_trouble(bus->link);
	order->answer_ms = (int32_t)(clock_mono() - began);
	if (profile->type_address != 0)
		profile = find_type(registers[profile->type_address - block->address]);
	order->model_code = profile != NULL ? profile->code : NULL;
	return TROUBLE_NONE;
}

static void
end_test(struct bus *bus, struct order *order)
{
	char result[ITEM_RESULT_MAX];
	bool is_answered = order->answers > 0;
	const char *code = is_answered				    ? "test_ok"
			   : order->last_trouble == TROUBLE_DAMAGED ? "test_damaged"
								    : "test_silent";

	if (bus->definition->meter_count == 0) {
		order_end(bus, order, COMMAND_CONFIRMED, "test_empty");
		return;
	}
	(void)snprintf(result, sizeof(result), "%s %u %u", code, order->answers, order->asked);
	order_end(bus, order, is_answered ? COMMAND_CONFIRMED : COMMAND_FAILED, result);
}

void
order_test_turn(struct bus *bus, struct order *order)
{
	size_t count = bus->definition->meter_count;

	if (count > TEST_METERS_MAX)
		count = TEST_METERS_MAX;
	if (order->step == 0)
		order_step(bus, order);
	if (order->asked >= count) {
		end_test(bus, order);
		return;
	}
	enum trouble trouble = ask_meter(bus, order, &bus->definition->meters[order->asked]);
	if (trouble == TROUBLE_STOPPED)
		return;
	order->asked++;
	order->step++;
	if (trouble == TROUBLE_NONE || trouble == TROUBLE_REFUSED)
		order->answers++;
	if (trouble != TROUBLE_NONE)
		order->last_trouble = trouble;
	tell_found(bus, order, test_outcome(trouble), "");
	if (!link_is_open(bus->link))
		bus->open_at = 0;
}
