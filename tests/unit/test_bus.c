#include "bench.h"

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
