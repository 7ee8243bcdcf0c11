/*
 * bench.h - a bus with four meters, its gateway and all that it tells, for the tests of bus.c.
 */
#ifndef VOLTILL_BENCH_H
#define VOLTILL_BENCH_H

#include "gateway.h"

#define ITEMS_MAX 8192

/* Tests run on busy machines, where any thread may stand still for a second. Where all meters
 * answer the time-out is long, which costs nothing. Where some are silent it is short; then a stall
 * may cost a live meter one answer, but never the three in a row that would tell. */
#define PATIENCE_MS 20000
#define AWAIT_MS    60000
#define SHORT_MS    600

/* ---- a bus, its gateway and what it told ---- */

struct bench {
	struct gateway gateway;
	struct outbox *outbox;
	struct bus *bus;
	struct item *items;
	size_t count;
	int64_t began, began_at; /* monotonic, UTC */
	int port_fd;		 /* keeps the port while the gateway is away */
};

static struct bus_definition *
define(const struct bench *bench, size_t meters, int64_t status_period_ms, uint32_t timeout_ms)
{
	struct bus_definition *definition =
	    calloc(1, sizeof(*definition) + meters * sizeof(definition->meters[0]));

	definition->bus_id = 9;
	(void)snprintf(definition->name, sizeof(definition->name), "gateway / bus");
	definition->link = (struct link_config){ .transport = TRANSPORT_TCP,
		.host = "127.0.0.1",
		.port = bench->gateway.port,
		.baud = 115200,
		.parity = 'N',
		.stop_bits = 1,
		.timeout_ms = timeout_ms };
	definition->timing = (struct plan_timing){ .status_period_ms = status_period_ms,
		.reading_period_ms = 0,
		.probe_cost_ms = timeout_ms };
	definition->meter_count = meters;
	for (size_t i = 0; i < meters; i++)
		definition->meters[i] = (struct meter_definition){ .meter_id = (uint32_t)(100 + i),
			.unit = (uint8_t)(1 + i),
			.phases = i == 0 ? 1 : 3,
			.profile = profile_find("adf300"),
			.ct_ratio = 1,
			.pt_ratio = 1,
			.rated_power_w = 13200 };
	return definition;
}

/* The gateway alone, for what must be so before the first question. */
static void
prepare(struct bench *bench)
{
	*bench = (struct bench){ .outbox = outbox_new(256),
		.items = calloc(ITEMS_MAX, sizeof(struct item)) };
	bench->gateway.type = 10;
	bench->port_fd = gateway_bind(&bench->gateway.port);
	gateway_start(&bench->gateway);
}

static void
start_bus(struct bench *bench, int64_t status_period_ms, uint32_t timeout_ms)
{
	bench->began = clock_mono();
	bench->began_at = clock_now();
	bench->bus =
	    bus_start(define(bench, METERS, status_period_ms, timeout_ms), 77, bench->outbox, NULL);
	assert_non_null(bench->bus);
}

static void
begin(struct bench *bench, int64_t status_period_ms, uint32_t timeout_ms)
{
	prepare(bench);
	start_bus(bench, status_period_ms, timeout_ms);
}

static size_t
count_of(const struct bench *bench, enum item_kind kind, uint32_t meter_id)
{
	size_t count = 0;

	for (size_t i = 0; i < bench->count; i++) {
		const struct item *item = &bench->items[i];
		uint32_t of = item->kind == ITEM_READING ? item->u.reading.meter_id
			      : item->kind == ITEM_POLLS ? item->u.polls.meter_id
							 : item->u.event.meter_id;
		count += item->kind == kind && (meter_id == 0 || of == meter_id);
	}
	return count;
}

static void
take(struct bench *bench, int64_t wait_ms)
{
	bool closed;

	bench->count += outbox_take(
	    bench->outbox, bench->items + bench->count, ITEMS_MAX - bench->count, wait_ms, &closed);
}

/* Waits for so many items of a kind in all; the test fails after a minute. */
static void
await(struct bench *bench, enum item_kind kind, uint32_t meter_id, size_t count)
{
	int64_t until = clock_mono() + AWAIT_MS;

	while (count_of(bench, kind, meter_id) < count) {
		take(bench, 20);
		if (clock_mono() > until)
			fail_msg("no item of kind %d for meter %u", kind, meter_id);
	}
}

/* Waits until a counter of the gateway or of its connections is so high. */
static void
await_number(struct bench *bench, const atomic_int *number, int wanted)
{
	for (int64_t until = clock_mono() + AWAIT_MS; *number < wanted;) {
		take(bench, 20);
		assert_true(clock_mono() < until);
	}
}

static void
watch(struct bench *bench, int64_t for_ms)
{
	for (int64_t until = clock_mono() + for_ms; clock_mono() < until;)
		take(bench, 20);
}

static void
stop_bus(struct bench *bench)
{
	bus_stop(bench->bus);
	bus_join(bench->bus);
	bench->bus = NULL;
	take(bench, 0);
}

static void
end(struct bench *bench)
{
	if (bench->bus != NULL)
		stop_bus(bench);
	gateway_stop(&bench->gateway);
	(void)close(bench->port_fd);
	outbox_free(bench->outbox);
	free(bench->items);
}

static const struct item *
last_of(const struct bench *bench, enum item_kind kind)
{
	for (size_t i = bench->count; i > 0; i--)
		if (bench->items[i - 1].kind == kind)
			return &bench->items[i - 1];
	return NULL;
}

#endif
