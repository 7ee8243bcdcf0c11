#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "loop.h"
#include "meter.h"

enum kind { KIND_NUMBER, KIND_WORD, KIND_BYTES };
enum { STATE = 1, FIXED = 2 }; /* kept in the state file; not to be set from outside */

struct key {
	const char *name;
	size_t offset;
	int64_t unit; /* how many stored units one of the name's is */
	const char *const *words;
	size_t size; /* of bytes */
	uint8_t kind, flags;
};

#define WORDS(...)                \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}
#define AT(member) offsetof(struct meter, member)
#define NUMBER(name, member, unit, flags)                           \
	{                                                           \
		name, AT(member), unit, NULL, 0, KIND_NUMBER, flags \
	}
#define WORD(name, member, flags, ...)                                       \
	{                                                                    \
		name, AT(member), 1, WORDS(__VA_ARGS__), 0, KIND_WORD, flags \
	}
#define BYTES(name, member, size)                                  \
	{                                                          \
		name, AT(member), 1, NULL, size, KIND_BYTES, STATE \
	}

static const struct key KEYS[] = {
	WORD("model", model, 0, "adf300", "ddsy1352", "dtsy1352", "dtsy1946"),
	{ "tenant", AT(tenant), 1, TENANT_WORDS, 0, KIND_WORD, 0 },
	WORD("guard", guard, 0, "checks", "stores", "adds"),
	WORD("refuse", refuse, 0, "exception", "ack"),
	WORD("reply20", reply20, 0, "status", "zero", "echo", "short"),
	WORD("negative", negative, 0, "signed", "flag", "signbit"),
	WORD("season", season, 0, "tdm", "mdt"),
	WORD("polarity", polarity, 0, "trip1", "close1"),
	WORD("ctpt", ctpt, 0, "ct37", "ct38"),
	WORD("words", words, 0, "normal", "swap"),
	WORD("registers", content, 0, "normal", "zero", "ffff"),
	WORD("relay_stuck", stuck, 0, "no", "open", "closed"),
	NUMBER("phases", phases, 1, 0),
	NUMBER("silent", silent, 1, 0),
	NUMBER("type", type, 1, 0),
	NUMBER("fault", fault, 1, 0),
	NUMBER("price_scale_uyuan", price_scale, 1, 0),
	NUMBER("load_unit_w", load_unit_w, 1, 0),
	NUMBER("recover_unit_s", recover_unit_s, 1, 0),
	NUMBER("zones_check", zones_check, 1, 0),
	NUMBER("delay_ms", delay_ms, 1, 0),
	NUMBER("drift_ppm", drift_ppm, 1, 0),
	NUMBER("hoard_fen", hoard_fen, 1, 0),
	NUMBER("loss_permille", loss_permille, 1, 0),
	NUMBER("extra_w", extra_w, 1, STATE),
	NUMBER("prepay", prepay, 1, STATE),
	NUMBER("ct", ct, 1, STATE),
	NUMBER("pt", pt, 1, STATE),
	NUMBER("at_ms", at_ms, 1, STATE | FIXED),
	NUMBER("energy_wh", energy_uwh[RATE_TOTAL], UWH_PER_WH, STATE),
	NUMBER("sharp_wh", energy_uwh[RATE_SHARP], UWH_PER_WH, STATE),
	NUMBER("peak_wh", energy_uwh[RATE_PEAK], UWH_PER_WH, STATE),
	NUMBER("flat_wh", energy_uwh[RATE_FLAT], UWH_PER_WH, STATE),
	NUMBER("valley_wh", energy_uwh[RATE_VALLEY], UWH_PER_WH, STATE),
	NUMBER("deep_wh", energy_uwh[RATE_DEEP], UWH_PER_WH, STATE),
	NUMBER("phase_a_wh", phase_uwh[0], UWH_PER_WH, STATE),
	NUMBER("phase_b_wh", phase_uwh[1], UWH_PER_WH, STATE),
	NUMBER("phase_c_wh", phase_uwh[2], UWH_PER_WH, STATE),
	NUMBER("consumed_wh", consumed_uwh[RATE_TOTAL], UWH_PER_WH, STATE | FIXED),
	NUMBER("consumed_sharp_wh", consumed_uwh[RATE_SHARP], UWH_PER_WH, STATE | FIXED),
	NUMBER("consumed_peak_wh", consumed_uwh[RATE_PEAK], UWH_PER_WH, STATE | FIXED),
	NUMBER("consumed_flat_wh", consumed_uwh[RATE_FLAT], UWH_PER_WH, STATE | FIXED),
	NUMBER("consumed_valley_wh", consumed_uwh[RATE_VALLEY], UWH_PER_WH, STATE | FIXED),
	NUMBER("consumed_deep_wh", consumed_uwh[RATE_DEEP], UWH_PER_WH, STATE | FIXED),
	NUMBER("part_sharp_wh", part_uwh[RATE_SHARP], UWH_PER_WH, STATE | FIXED),
	NUMBER("part_peak_wh", part_uwh[RATE_PEAK], UWH_PER_WH, STATE | FIXED),
	NUMBER("part_flat_wh", part_uwh[RATE_FLAT], UWH_PER_WH, STATE | FIXED),
	NUMBER("part_valley_wh", part_uwh[RATE_VALLEY], UWH_PER_WH, STATE | FIXED),
	NUMBER("part_deep_wh", part_uwh[RATE_DEEP], UWH_PER_WH, STATE | FIXED),
	NUMBER("credit_fen", credit_nyuan, NYUAN_PER_FEN, STATE),
	NUMBER("base_wh", base_uwh, UWH_PER_WH, STATE),
	NUMBER("count", count, 1, STATE),
	NUMBER("delivered_fen", delivered_fen, 1, STATE),
	NUMBER("price_sharp_uyuan", price_uyuan[0], 1, STATE),
	NUMBER("price_peak_uyuan", price_uyuan[1], 1, STATE),
	NUMBER("price_flat_uyuan", price_uyuan[2], 1, STATE),
	NUMBER("price_valley_uyuan", price_uyuan[3], 1, STATE),
	NUMBER("alarm1_fen", alarm_fen[0], 1, STATE),
	NUMBER("alarm2_fen", alarm_fen[1], 1, STATE),
	NUMBER("overdraft_fen", overdraft_fen, 1, STATE),
	NUMBER("fee_tripped", is_fee_tripped, 1, STATE),
	NUMBER("force_on_a", force_on[0], 1, STATE),
	NUMBER("force_on_b", force_on[1], 1, STATE),
	NUMBER("force_on_c", force_on[2], 1, STATE),
	NUMBER("force_trip_a", force_trip[0], 1, STATE),
	NUMBER("force_trip_b", force_trip[1], 1, STATE),
	NUMBER("force_trip_c", force_trip[2], 1, STATE),
	NUMBER("load_on", load_on, 1, STATE),
	NUMBER("load_max_w", load_max_w, 1, STATE),
	NUMBER("load_a_w", load_phase_w[0], 1, STATE),
	NUMBER("load_b_w", load_phase_w[1], 1, STATE),
	NUMBER("load_c_w", load_phase_w[2], 1, STATE),
	NUMBER("load_step_w", load_step_w, 1, STATE),
	NUMBER("load_pf", load_pf, 1, STATE),
	NUMBER("load_recover_s", load_recover_s, 1, STATE),
	NUMBER("over_trips", over_trips, 1, STATE),
	NUMBER("over_allowed", over_allowed, 1, STATE),
	NUMBER("over_open", is_over_open, 1, STATE),
	NUMBER("over_since_ms", over_since_ms, 1, STATE | FIXED),
	NUMBER("over_reclose_ms", over_reclose_ms, 1, STATE | FIXED),
	NUMBER("switch_on", switch_on, 1, STATE),
	NUMBER("switch_mask", switch_mask, 1, STATE),
	BYTES("switch_table", switch_table, SWITCH_TABLE),
	BYTES("day_table1", day_table[0], DAY_TABLE),
	BYTES("day_table2", day_table[1], DAY_TABLE),
	BYTES("zones", zones, 12),
	NUMBER("clock_offset_s", clock_offset_ms, 1000, STATE),
	NUMBER("clock_set_ms", clock_set_ms, 1, STATE | FIXED),
	NUMBER("demand_w", demand_w, 1, STATE),
	NUMBER("demand_ms", demand_ms, 1, STATE | FIXED),
	NUMBER("demand_base_wh", demand_base_uwh, UWH_PER_WH, STATE | FIXED),
	NUMBER("demand_base_ms", demand_base_ms, 1, STATE | FIXED),
	NUMBER("relay_mode", relay_mode, 1, STATE),
	NUMBER("requests", requests, 1, FIXED),
	NUMBER("answers", answers, 1, FIXED),
	NUMBER("writes", writes, 1, FIXED),
	NUMBER("recharges", recharges, 1, FIXED),
	NUMBER("refusals", refusals, 1, FIXED),
};
#define KEY_COUNT (sizeof KEYS / sizeof *KEYS)

static const struct key *
key_find(const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strcmp(KEYS[i].name, name) == 0)
			return &KEYS[i];
	return NULL;
}

static int64_t *
number_of(const struct meter *meter, const struct key *key)
{
	return (int64_t *)((char *)(uintptr_t)meter + key->offset);
}

static uint8_t *
bytes_of(const struct meter *meter, const struct key *key)
{
	return (uint8_t *)((char *)(uintptr_t)meter + key->offset);
}

bool
number_read(const char *text, int64_t *number)
{
	char *end;
	errno = 0;
	*number = strtoll(text, &end, 10);
	return *text != '\0' && *end == '\0' && errno == 0;
}

static bool
text_bytes(const char *text, uint8_t *bytes, size_t size)
{
	if (strlen(text) != size * 2 || strspn(text, "0123456789abcdefABCDEF") != size * 2)
		return false;
	for (size_t i = 0; i < size; i++) {
		char pair[3] = { text[i * 2], text[i * 2 + 1], '\0' };
		bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return true;
}

static void
bytes_text(const uint8_t *bytes, size_t size, char *text)
{
	for (size_t i = 0; i < size; i++)
		snprintf(text + i * 2, 3, "%02x", bytes[i]);
}

static const char *
topup_set(struct meter *meter, const char *value)
{
	static const char *const TOPUPS[] = { "auto", "never", "low", "arrears" };
	for (int i = 0; i < 4; i++) {
		if (strcmp(value, TOPUPS[i]) == 0) {
			meter->topup = i;
			return NULL;
		}
	}
	meter->topup = TOPUP_AUTO;
	return number_read(value, &meter->topup_fen) && meter->topup_fen > 0 ? NULL : "no amount";
}

static const char *
text_set(char *field, size_t room, const char *value)
{
	if (strlen(value) >= room)
		return "too long";
	memcpy(field, value, strlen(value) + 1);
	return NULL;
}

/* Keys that are more than one field. *is_known tells whether the name was one of them. */
static const char *
special_set(struct meter *meter, const char *name, const char *value, bool *is_known)
{
	int64_t number = 0;
	bool is_number = number_read(value, &number);
	*is_known = true;
	if (strcmp(name, "topup") == 0)
		return topup_set(meter, value);
	if (strcmp(name, "sum") == 0)
		return text_set(meter->sum, sizeof meter->sum, value);
	if (strcmp(name, "number") == 0) {
		if (strlen(value) != 12 || strspn(value, "0123456789") != 12)
			return "a number has 12 digits";
		return text_set(meter->number, sizeof meter->number, value);
	}
	if (strcmp(name, "scale") == 0) {
		char *end;
		meter->scale = strtod(value, &end);
		return *value != '\0' && *end == '\0' ? NULL : "no number";
	}
	if (strcmp(name, "price_uyuan") == 0) {
		for (size_t i = 0; i < 4; i++)
			meter->price_uyuan[i] = number;
		return is_number ? NULL : "no number";
	}
	if (strcmp(name, "max_power_w") == 0) {
		meter->load_max_w = number;
		meter->load_on = number > 0;
		return is_number ? NULL : "no number";
	}
	*is_known = false;
	return NULL;
}

/* What the bare number means beyond its field. */
static void
number_follow(struct meter *meter, const struct key *key, int64_t before)
{
	if (key->offset == AT(credit_nyuan)) {
		meter->has_credit = true;
		if (meter->at_ms != 0) /* in the configuration the other limits are not known yet */
			meter_credit_set(meter, meter->credit_nyuan);
	} else if (key->offset == AT(energy_uwh)) {
		meter->has_energy = true;
	} else if (key->offset == AT(count)) {
		meter->has_count = true;
		meter->count &= 0xFFFF;
	} else if (key->offset == AT(extra_w)) {
		int64_t wanted = meter->extra_w;
		meter->extra_w = before;
		meter_extra_set(meter, wanted);
	} else if (key->offset == AT(clock_offset_ms)) {
		meter->clock_set_ms = meter->at_ms;
	}
}

const char *
meter_key_set(struct meter *meter, const char *name, const char *value)
{
	bool is_known;
	const char *complaint = special_set(meter, name, value, &is_known);
	if (is_known)
		return complaint;
	const struct key *key = key_find(name);
	if (key == NULL)
		return "unknown key";
	if (key->flags & FIXED)
		return "cannot be set";
	if (key->kind == KIND_BYTES)
		return text_bytes(value, bytes_of(meter, key), key->size) ? NULL
									  : "not that many bytes";
	if (key->kind == KIND_WORD) {
		for (int64_t i = 0; key->words[i] != NULL; i++) {
			if (strcmp(key->words[i], value) == 0) {
				*number_of(meter, key) = i;
				return NULL;
			}
		}
		return "unknown word";
	}
	int64_t number, before = *number_of(meter, key);
	if (!number_read(value, &number))
		return "no number";
	if (key->offset == AT(phases) && number != 1 && number != 3)
		return "1 or 3";
	if (__builtin_mul_overflow(number, key->unit, &number))
		return "too large";
	*number_of(meter, key) = number;
	number_follow(meter, key, before);
	return NULL;
}

const char *
meter_keys_set(struct meter *meter, char *text)
{
	static char complaint[128];
	char *rest;
	for (char *pair = strtok_r(text, " \t", &rest); pair != NULL;
	     pair = strtok_r(NULL, " \t", &rest)) {
		char *equals = strchr(pair, '=');
		const char *why = "no value";
		if (equals != NULL) {
			*equals = '\0';
			why = meter_key_set(meter, pair, equals + 1);
		}
		if (why != NULL) {
			snprintf(complaint, sizeof complaint, "%.60s: %s", pair, why);
			return complaint;
		}
	}
	return NULL;
}

/* What only follows from other values. */
static bool
derived_get(struct meter *meter, const char *name, char *value, size_t room)
{
	double phase_w[3];
	if (strcmp(name, "relay") == 0)
		snprintf(value, room, "%u", meter_relay(meter));
	else if (strcmp(name, "flags") == 0)
		snprintf(value, room, "%u", meter_flags(meter));
	else if (strcmp(name, "forced") == 0)
		snprintf(value, room, "%d", meter_is_forced(meter));
	else if (strcmp(name, "power_w") == 0)
		snprintf(value, room, "%.1f", meter_power_w(meter, meter->at_ms, phase_w));
	else if (strcmp(name, "clock_ms") == 0)
		snprintf(value, room, "%lld", (long long)meter_clock_ms(meter, meter->at_ms));
	else if (strcmp(name, "rate") == 0)
		snprintf(value, room, "%d", meter_rate(meter, meter->at_ms));
	else if (strcmp(name, "number") == 0)
		snprintf(value, room, "%s", meter->number);
	else if (strcmp(name, "scale") == 0)
		snprintf(value, room, "%g", meter->scale);
	else
		return false;
	return true;
}
static const char *const DERIVED[] = { "relay", "flags", "forced", "power_w", "clock_ms", "rate",
	"number", "scale" };

bool
meter_key_get(struct meter *meter, const char *name, char *value, size_t room)
{
	if (derived_get(meter, name, value, room))
		return true;
	const struct key *key = key_find(name);
	if (key == NULL || room <= DAY_TABLE * 2 + SWITCH_TABLE * 2)
		return false;
	if (key->kind == KIND_BYTES)
		bytes_text(bytes_of(meter, key), key->size, value);
	else if (key->kind == KIND_WORD)
		snprintf(value, room, "%s", key->words[*number_of(meter, key)]);
	else
		snprintf(value, room, "%lld", (long long)(*number_of(meter, key) / key->unit));
	return true;
}

void
meter_keys_print(struct meter *meter, void (*print)(void *context, const char *line), void *context)
{
	char value[256], line[300];
	for (size_t i = 0; i < KEY_COUNT + sizeof DERIVED / sizeof *DERIVED; i++) {
		const char *name = i < KEY_COUNT ? KEYS[i].name : DERIVED[i - KEY_COUNT];
		meter_key_get(meter, name, value, sizeof value);
		snprintf(line, sizeof line, "%s=%s", name, value);
		print(context, line);
	}
}

void
meter_state_print(const struct meter *meter, FILE *file)
{
	char text[2 * SWITCH_TABLE + 1];
	for (size_t i = 0; i < KEY_COUNT; i++) {
		const struct key *key = &KEYS[i];
		if (!(key->flags & STATE))
			continue;
		if (key->kind == KIND_BYTES) {
			bytes_text(bytes_of(meter, key), key->size, text);
			fprintf(file, " %s=%s", key->name, text);
		} else {
			fprintf(file, " %s=%lld", key->name, (long long)*number_of(meter, key));
		}
	}
	fprintf(file, " number=%s", meter->number);
}

bool
meter_state_set(struct meter *meter, const char *name, const char *value)
{
	if (strcmp(name, "number") == 0)
		return meter_key_set(meter, name, value) == NULL;
	const struct key *key = key_find(name);
	if (key == NULL || !(key->flags & STATE))
		return false;
	if (key->kind == KIND_BYTES)
		return text_bytes(value, bytes_of(meter, key), key->size);
	return number_read(value, number_of(meter, key));
}
