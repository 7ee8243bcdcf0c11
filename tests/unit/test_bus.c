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
	    bus_start(define(bench, METERS, status_period_ms, timeout_ms), 77, bench->outbox);
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

/* ---- what must hold ---- */

static void
every_meter_is_read_and_told(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, 200, PATIENCE_MS);
	for (uint32_t i = 0; i < METERS; i++)
		await(&bench, ITEM_READING, 100 + i, 3);
	stop_bus(&bench);
	for (uint32_t i = 0; i < METERS; i++)
		assert_int_equal(count_of(&bench, ITEM_METER_BACK, 100 + i), 1);
	assert_int_equal(count_of(&bench, ITEM_BUS_BACK, 0), 1);
	assert_int_equal(count_of(&bench, ITEM_METER_LOST, 0), 0);
	/* One at once, then one in five seconds. */
	size_t rounds_max = 1 + (size_t)((clock_mono() - bench.began) / 5000);
	assert_in_range(count_of(&bench, ITEM_BUS_ROUND, 0), 1, rounds_max);
	for (size_t i = 0; i < bench.count; i++) {
		const struct item *item = &bench.items[i];
		assert_int_equal(item->bus_id, 9);
		assert_int_equal(item->epoch, 77);
		if (item->kind != ITEM_READING)
			continue;
		const struct reading *reading = &item->u.reading;
		uint32_t unit = reading->meter_id - 99;
		assert_int_equal(reading->energy_wh, unit * 10000);
		assert_int_equal(
		    reading->slot_at, reading->read_at); /* no slots: each is a reading */
		assert_in_range(reading->read_at, bench.began_at, clock_now());
		assert_int_equal((reading->has & HAS_PHASES) != 0, unit != 1);
	}
	end(&bench);
}

static void
counters_add_up_and_are_told_at_the_end(void **state)
{
	(void)state;
	struct bench bench;

	prepare(&bench);
	bench.gateway.is_dead[2] = true;
	bench.gateway.exception[3] = 4;
	start_bus(&bench, 100, SHORT_MS);
	await(&bench, ITEM_READING, 100, 3);
	await_number(&bench, &bench.gateway.asked[2], 3);
	stop_bus(&bench);
	uint64_t asked = 0, answered = 0;
	for (size_t i = 0; i < bench.count; i++) {
		const struct item_polls *polls = &bench.items[i].u.polls;
		if (bench.items[i].kind != ITEM_POLLS)
			continue;
		assert_int_equal(polls->asked,
		    polls->answered + polls->timeouts + polls->damaged + polls->refused);
		assert_int_equal(polls->hour_at % CLOCK_HOUR, 0);
		if (polls->meter_id == 101)
			assert_int_equal(polls->timeouts, polls->asked);
		asked += polls->asked;
		answered += polls->answered;
	}
	assert_int_equal(answered, count_of(&bench, ITEM_READING, 0));
	assert_true(asked > answered);
	end(&bench);
}

static void
a_silent_meter_is_lost_once_and_comes_back(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, 100, SHORT_MS);
	await(&bench, ITEM_READING, 101, 2);
	int64_t died = clock_now();
	bench.gateway.is_dead[2] = true;
	await(&bench, ITEM_METER_LOST, 101, 1);
	/* Since the first question without an answer, and two more went the same way. */
	assert_in_range(
	    last_of(&bench, ITEM_METER_LOST)->u.event.at, died, clock_now() - 2 * SHORT_MS + 10);
	assert_int_equal(last_of(&bench, ITEM_METER_LOST)->u.event.trouble, TROUBLE_TIMEOUT);
	/* Whoever answers is asked at least as often. */
	int probes = bench.gateway.asked[2], others = bench.gateway.asked[1];
	await(&bench, ITEM_READING, 100, count_of(&bench, ITEM_READING, 100) + 3);
	others = bench.gateway.asked[1] - others;
	probes = bench.gateway.asked[2] - probes;
	assert_true(others >= probes - 1);
	assert_int_equal(count_of(&bench, ITEM_METER_LOST, 0), 1);
	assert_int_equal(count_of(&bench, ITEM_BUS_LOST, 0), 0);
	assert_int_equal(
	    bench.gateway.connections, 1); /* its silence costs nobody the connection */
	bench.gateway.is_dead[2] = false;
	await(&bench, ITEM_METER_BACK, 101, 2);
	assert_int_equal(bench.gateway.counts, 3); /* the length trick was at work */
	end(&bench);
}

static void
a_bus_where_all_are_silent_is_lost_once_and_comes_back(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, 100, SHORT_MS);
	await(&bench, ITEM_READING, 103, 1);
	for (int i = 1; i <= METERS; i++)
		bench.gateway.is_dead[i] = true;
	await(&bench, ITEM_BUS_LOST, 0, 1);
	assert_int_equal(last_of(&bench, ITEM_BUS_LOST)->u.event.trouble, TROUBLE_TIMEOUT);
	int asked = bench.gateway.asked[0];
	await_number(&bench, &bench.gateway.asked[0], asked + 2); /* the first was not in vain */
	assert_int_equal(count_of(&bench, ITEM_BUS_LOST, 0), 1);
	for (int i = 1; i <= METERS; i++)
		bench.gateway.is_dead[i] = false;
	size_t before = count_of(&bench, ITEM_READING, 0);
	await(&bench, ITEM_BUS_BACK, 0, 2);
	await(&bench, ITEM_READING, 0, before + METERS);
	end(&bench);
}

static void
a_gateway_that_is_away_is_no_fault_of_its_meters(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, 100, PATIENCE_MS);
	await(&bench, ITEM_READING, 103, 1);
	gateway_stop(&bench.gateway);
	await(&bench, ITEM_BUS_LOST, 0, 1);
	assert_int_equal(last_of(&bench, ITEM_BUS_LOST)->u.event.trouble, TROUBLE_OPEN);
	assert_int_equal(count_of(&bench, ITEM_METER_LOST, 0), 0);
	gateway_start(&bench.gateway); /* on the same port */
	await(&bench, ITEM_BUS_BACK, 0, 2);
	assert_int_equal(count_of(&bench, ITEM_METER_LOST, 0), 0);
	end(&bench);
}

static void
a_connection_that_ends_when_idle_costs_nothing(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, 200, PATIENCE_MS);
	await(&bench, ITEM_READING, 103, 2);
	bench.gateway.resets = 1;
	size_t before = count_of(&bench, ITEM_READING, 0);
	await(&bench, ITEM_READING, 0, before + 2 * METERS);
	assert_int_equal(bench.gateway.connections, 2);
	assert_int_equal(count_of(&bench, ITEM_BUS_LOST, 0), 0);
	assert_int_equal(count_of(&bench, ITEM_METER_LOST, 0), 0);
	end(&bench);
}

static void
a_gateway_that_resets_every_time_is_not_stormed(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, 100, PATIENCE_MS);
	await(&bench, ITEM_READING, 103, 1);
	bench.gateway.resets = 1000;
	await(&bench, ITEM_BUS_LOST, 0, 1);
	await_number(&bench, &bench.gateway.connections, 4);
	/* Made anew at once, then after one and two seconds. */
	const struct gateway *gateway = &bench.gateway;
	for (int i = 3; i <= 4; i++)
		assert_true(gateway->made_at[i] - gateway->reset_at[i - 1] >= 1000 << (i - 3));
	end(&bench);
}

static void
another_model_is_told_once_and_asked_rarely(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, 100, PATIENCE_MS);
	await(&bench, ITEM_READING, 103, 1);
	bench.gateway.type = 7;
	for (uint32_t i = 0; i < METERS; i++)
		await(&bench, ITEM_MISMATCH, 100 + i, 1);
	int asked = bench.gateway.asked[0];
	watch(&bench, 1000);
	assert_int_equal(bench.gateway.asked[0], asked);
	assert_int_equal(count_of(&bench, ITEM_MISMATCH, 0), METERS);
	assert_int_equal(count_of(&bench, ITEM_METER_LOST, 0), 0);
	assert_int_equal(count_of(&bench, ITEM_BUS_LOST, 0), 0);
	/* A reload asks at once, and a meter that was put right is read. */
	bench.gateway.type = 10;
	size_t before = count_of(&bench, ITEM_READING, 101);
	bus_redefine(bench.bus, define(&bench, METERS, 100, PATIENCE_MS));
	await(&bench, ITEM_READING, 101, before + 1);
	end(&bench);
}

static void
refused_registers_are_told_once_and_busy_meters_asked_again(void **state)
{
	(void)state;
	struct bench bench;

	prepare(&bench);
	bench.gateway.exception[1] = 2;
	bench.gateway.exception[2] = 6;
	start_bus(&bench, 100, PATIENCE_MS);
	await(&bench, ITEM_MISMATCH, 100, 1);
	await_number(&bench, &bench.gateway.asked[2], 2);
	bench.gateway.exception[2] = 0;
	await(&bench, ITEM_READING, 101, 1);
	assert_int_equal(count_of(&bench, ITEM_MISMATCH, 0), 1);
	assert_int_equal(count_of(&bench, ITEM_METER_LOST, 0), 0);
	await(&bench, ITEM_READING, 102, 3);
	end(&bench);
}

static bool
has_mail(struct bus *bus)
{
	(void)pthread_mutex_lock(&bus->lock);
	bool has = bus->mail != NULL;
	(void)pthread_mutex_unlock(&bus->lock);
	return has;
}

static void
a_reload_keeps_what_is_known_of_meters_that_stay(void **state)
{
	(void)state;
	struct bench bench;

	begin(&bench, 100, PATIENCE_MS);
	await(&bench, ITEM_READING, 103, 2);
	struct bus_definition *fewer = define(&bench, 2, 100, PATIENCE_MS);
	/* Replaced before it is read, or not. */
	bus_redefine(bench.bus, define(&bench, 3, 100, PATIENCE_MS));
	bus_redefine(bench.bus, fewer);
	/* From when its mail is taken, the thread tells nothing by the old definition but counters.
	 */
	while (has_mail(bench.bus))
		watch(&bench, 20);
	take(&bench, 0);
	size_t gone = count_of(&bench, ITEM_READING, 103);
	/* The energy falls: only who knows the reading before the reload can tell. */
	bench.gateway.energy_step = -500;
	size_t before = count_of(&bench, ITEM_READING, 101);
	await(&bench, ITEM_READING, 101, before + 2);
	assert_true(last_of(&bench, ITEM_READING)->u.reading.quality & QUALITY_DECREASED);
	assert_int_equal(count_of(&bench, ITEM_READING, 103), gone);
	assert_int_equal(count_of(&bench, ITEM_METER_BACK, 101), 1);
	assert_int_equal(bench.gateway.connections, 1);
	assert_true(count_of(&bench, ITEM_POLLS, 103) >= 1); /* not lost with the meter */
	end(&bench);
}

static void
stopping_takes_a_moment_whatever_the_bus_does(void **state)
{
	(void)state;
	struct bench bench;

	for (int dead = 0; dead < 2; dead++) {
		prepare(&bench);
		for (int i = 1; i <= METERS; i++)
			bench.gateway.is_dead[i] = dead != 0;
		start_bus(&bench, 60000, PATIENCE_MS);
		await_number(&bench, &bench.gateway.asked[0], dead ? 1 : METERS);
		watch(&bench, 100);
		int64_t began = clock_mono();
		stop_bus(&bench);
		assert_true(clock_mono() - began < PATIENCE_MS / 4);
		end(&bench);
	}
}

static void
events_stay_out_of_the_way_of_connections(void **state)
{
	(void)state;
	int fd = make_event();

	assert_true(fd >= EVENT_FD_MIN);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_meter_is_read_and_told),
		cmocka_unit_test(counters_add_up_and_are_told_at_the_end),
		cmocka_unit_test(a_silent_meter_is_lost_once_and_comes_back),
		cmocka_unit_test(a_bus_where_all_are_silent_is_lost_once_and_comes_back),
		cmocka_unit_test(a_gateway_that_is_away_is_no_fault_of_its_meters),
		cmocka_unit_test(a_connection_that_ends_when_idle_costs_nothing),
		cmocka_unit_test(a_gateway_that_resets_every_time_is_not_stormed),
		cmocka_unit_test(another_model_is_told_once_and_asked_rarely),
		cmocka_unit_test(refused_registers_are_told_once_and_busy_meters_asked_again),
		cmocka_unit_test(a_reload_keeps_what_is_known_of_meters_that_stay),
		cmocka_unit_test(stopping_takes_a_moment_whatever_the_bus_does),
		cmocka_unit_test(events_stay_out_of_the_way_of_connections),
	};

	log_open("test_bus", LOG_LEVEL_ERROR);
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
