#include "model/bus_estimate.h"

#define REQUEST_CHARS	8
#define ANSWER_CHARS	5 /* and two a register */
#define USUAL_REGISTERS 48
#define FAST_BAUD	19200 /* above it the silence is a fixed time */
#define FAST_SILENCE_US 1750

static int64_t
character_us(const struct bus_row *bus)
{
	int64_t bits = 1 + 8 + (bus->parity[0] != 'N') + bus->stop_bits;

	return bus->baud > 0 ? bits * 1000000 / bus->baud : 0;
}

/* One request and its answer, with the silence of 3.5 characters before each. */
static int64_t
transaction_us(const struct bus_row *bus, int64_t registers)
{
	int64_t character = character_us(bus);
	int64_t silence = bus->baud > FAST_BAUD ? FAST_SILENCE_US : character * 7 / 2;

	return character * (REQUEST_CHARS + ANSWER_CHARS + 2 * registers) + 2 * silence;
}

static void
add_meter(
    const struct bus_row *bus, const struct meter_model *model, int64_t *wire_us, int64_t *pause_ms)
{
	int64_t gap_ms = bus->gap_ms;

	if (model == NULL) {
		*wire_us += transaction_us(bus, USUAL_REGISTERS);
		*pause_ms += gap_ms + BUS_ANSWER_MS;
		return;
	}
	if (model->min_gap_ms > gap_ms)
		gap_ms = model->min_gap_ms;
	for (size_t i = 0; i < model->block_count; i++) {
		*wire_us += transaction_us(bus, model->blocks[i].count);
		*pause_ms += gap_ms + BUS_ANSWER_MS;
	}
}

void
bus_estimate(const struct bus_row *bus, const struct bus_load *loads, size_t count,
    struct bus_estimate *estimate)
{
	int64_t wire_us = 0, pause_ms = 0;

	*estimate = (struct bus_estimate){ 0 };
	for (size_t i = 0; i < count; i++) {
		int64_t one_us = 0, one_ms = 0;
		add_meter(bus, loads[i].model, &one_us, &one_ms);
		wire_us += one_us * loads[i].meters;
		pause_ms += one_ms * loads[i].meters;
		estimate->meters += loads[i].meters;
	}
	estimate->wire_ms = (wire_us + 999) / 1000;
	estimate->round_ms = estimate->wire_ms + pause_ms;
	int64_t round_s = (estimate->round_ms + 999) / 1000;
	estimate->oldest_s = round_s > bus->status_period_s ? round_s : bus->status_period_s;
	estimate->is_late = estimate->oldest_s > BUS_FRESH_S;
}
