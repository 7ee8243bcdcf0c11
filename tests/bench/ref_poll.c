/*
 * ref_poll - the reference of the polling bench: a bare threaded libmodbus loop.
 *
 * One thread a bus reads 48 registers of every meter in turn with modbus_read_registers; one writer
 * stores the same rows as the collector (reading, state, daily roll-up) by array binding, in
 * transactions of at most 500. Nothing else: no checks, no back-off, no lost meters, no leases.
 *
 * ref_poll PORTS_FILE METERS_PER_BUS SECONDS DB_SOCKET DB_NAME
 * prints: rows=N seconds=S cpu_s=C rss_kb=K
 */
#include <errno.h>
#include <modbus/modbus.h>
#include <mysql.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define BATCH     500
#define RING      8192
#define BUSES_MAX 400
#define COLUMNS   36

struct row {
	int meter_id;
	struct timespec at;
	uint16_t registers[48];
};

static struct row ring[RING];
static size_t head, tail;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
static volatile bool is_over;
static int meters_per_bus;

static void
put(const struct row *row)
{
	pthread_mutex_lock(&lock);
	while (head - tail == RING && !is_over)
		pthread_cond_wait(&emptied, &lock);
	ring[head++ % RING] = *row;
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&lock);
}

static size_t
take(struct row *rows)
{
	size_t n = 0;

	pthread_mutex_lock(&lock);
	while (head == tail && !is_over)
		pthread_cond_wait(&filled, &lock);
	while (n < BATCH && tail != head)
		rows[n++] = ring[tail++ % RING];
	pthread_cond_broadcast(&emptied);
	pthread_mutex_unlock(&lock);
	return n;
}

struct bus {
	int number, port;
};

static void *
poll_bus(void *context)
{
	const struct bus *bus = context;
	modbus_t *modbus = modbus_new_tcp("127.0.0.1", bus->port);
	struct row row;

	if (modbus_connect(modbus) != 0)
		exit(1);
	while (!is_over) {
		for (int unit = 1; unit <= meters_per_bus && !is_over; unit++) {
			modbus_set_slave(modbus, unit);
			if (modbus_read_registers(modbus, 0x0200, 48, row.registers) != 48)
				continue;
			clock_gettime(CLOCK_REALTIME, &row.at);
			row.meter_id = bus->number * meters_per_bus + unit;
			put(&row);
		}
	}
	modbus_close(modbus);
	modbus_free(modbus);
	return NULL;
}

struct writer {
	MYSQL *mysql;
	MYSQL_STMT *statements[3];
	MYSQL_BIND binds[3][COLUMNS];
	long long cells[COLUMNS][BATCH];
	MYSQL_TIME times[BATCH], days[BATCH];
	MYSQL_TIME *time_pointers[BATCH], *day_pointers[BATCH];
};

static const char *const sql[3] = {
	"INSERT IGNORE INTO reading (taken_at, read_at, meter_id, energy_wh, sharp_wh, peak_wh, flat_wh, valley_wh,"
	" power_w, credit_fen, purchase_count, quality) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	"INSERT INTO meter_state (read_at, meter_id, quality, energy_wh, sharp_wh, peak_wh, flat_wh, valley_wh, credit_fen,"
	" purchase_count, overload_count, overload_max, relay_closed, fee_state, load_state, time_state, force_state, flags,"
	" voltage_a_dv, voltage_b_dv, voltage_c_dv, current_a_ma, current_b_ma, current_c_ma, power_w, power_a_w, power_b_w,"
	" power_c_w, reactive_var, power_factor, demand_w, base_wh, clock_at)"
	" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON DUPLICATE KEY UPDATE"
	" read_at=VALUES(read_at), quality=VALUES(quality), energy_wh=VALUES(energy_wh), sharp_wh=VALUES(sharp_wh),"
	" peak_wh=VALUES(peak_wh), flat_wh=VALUES(flat_wh), valley_wh=VALUES(valley_wh), credit_fen=VALUES(credit_fen),"
	" purchase_count=VALUES(purchase_count), overload_count=VALUES(overload_count), overload_max=VALUES(overload_max),"
	" relay_closed=VALUES(relay_closed), fee_state=VALUES(fee_state), load_state=VALUES(load_state),"
	" time_state=VALUES(time_state), force_state=VALUES(force_state), flags=VALUES(flags),"
	" voltage_a_dv=VALUES(voltage_a_dv), voltage_b_dv=VALUES(voltage_b_dv), voltage_c_dv=VALUES(voltage_c_dv),"
	" current_a_ma=VALUES(current_a_ma), current_b_ma=VALUES(current_b_ma), current_c_ma=VALUES(current_c_ma),"
	" power_w=VALUES(power_w), power_a_w=VALUES(power_a_w), power_b_w=VALUES(power_b_w), power_c_w=VALUES(power_c_w),"
	" reactive_var=VALUES(reactive_var), power_factor=VALUES(power_factor), demand_w=VALUES(demand_w),"
	" base_wh=VALUES(base_wh), clock_at=VALUES(clock_at)",
	"INSERT INTO energy_day (day, first_at, last_at, meter_id, first_wh, last_wh, used_wh, sharp_wh, peak_wh, flat_wh,"
	" valley_wh, max_power_w, readings) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) ON DUPLICATE KEY UPDATE"
	" last_at=VALUES(last_at), last_wh=VALUES(last_wh), used_wh=used_wh+VALUES(used_wh), sharp_wh=sharp_wh+VALUES(sharp_wh),"
	" peak_wh=peak_wh+VALUES(peak_wh), flat_wh=flat_wh+VALUES(flat_wh), valley_wh=valley_wh+VALUES(valley_wh),"
	" max_power_w=GREATEST(max_power_w,VALUES(max_power_w)), readings=readings+1",
};
static const int times_of[3] = { 2, 1, 3 };
static const int columns_of[3] = { 12, 33, 13 };

static void
fail(MYSQL_STMT *statement, MYSQL *mysql)
{
	fprintf(stderr, "ref_poll: %s\n", statement != NULL ? mysql_stmt_error(statement) : mysql_error(mysql));
	exit(1);
}

static void
writer_open(struct writer *w, const char *socket, const char *database)
{
	w->mysql = mysql_init(NULL);
	if (mysql_real_connect(w->mysql, NULL, "root", NULL, database, 0, socket, 0) == NULL || mysql_autocommit(w->mysql, 0))
		fail(NULL, w->mysql);
	for (int i = 0; i < BATCH; i++) {
		w->time_pointers[i] = &w->times[i];
		w->day_pointers[i] = &w->days[i];
	}
	for (int s = 0; s < 3; s++) {
		w->statements[s] = mysql_stmt_init(w->mysql);
		if (mysql_stmt_prepare(w->statements[s], sql[s], strlen(sql[s])) != 0)
			fail(w->statements[s], NULL);
		for (int c = 0; c < columns_of[s]; c++) {
			bool is_day = s == 2 && c == 0, is_time = c < times_of[s] || (s == 1 && c == 32);

			w->binds[s][c].buffer_type = is_day ? MYSQL_TYPE_DATE : is_time ? MYSQL_TYPE_DATETIME : MYSQL_TYPE_LONGLONG;
			w->binds[s][c].buffer = is_day ? (void *)w->day_pointers : is_time ? (void *)w->time_pointers : (void *)w->cells[c];
		}
	}
}

static long long
long_at(const struct row *row, int index)
{
	return ((long long)row->registers[index] << 16 | row->registers[index + 1]) * 10;
}

static void
fill(struct writer *w, const struct row *rows, size_t n, int s)
{
	for (size_t i = 0; i < n; i++) {
		const struct row *row = &rows[i];
		int c = times_of[s];

		w->cells[c++][i] = row->meter_id;
		if (s == 1)
			w->cells[c++][i] = 0;
		if (s == 2)
			w->cells[c++][i] = long_at(row, 0x15);
		for (int e = 0; e < 5; e++)
			w->cells[c++][i] = s == 2 && e > 0 ? 1 : long_at(row, 0x15 + 2 * e);
		if (s == 0)
			w->cells[c++][i] = row->registers[0x0a];
		for (int r = 0x1f; c < columns_of[s]; c++, r = r == 0x2e ? 1 : r + 1)
			w->cells[c][i] = row->registers[r] & 0xff;
	}
}

static void
store(struct writer *w, const struct row *rows, size_t n)
{
	unsigned int size = (unsigned int)n;

	for (size_t i = 0; i < n; i++) {
		struct tm tm;

		gmtime_r(&rows[i].at.tv_sec, &tm);
		w->times[i] = (MYSQL_TIME){ .year = (unsigned)tm.tm_year + 1900, .month = (unsigned)tm.tm_mon + 1,
			.day = (unsigned)tm.tm_mday, .hour = (unsigned)tm.tm_hour, .minute = (unsigned)tm.tm_min,
			.second = (unsigned)tm.tm_sec, .second_part = (unsigned long)rows[i].at.tv_nsec / 1000000 * 1000,
			.time_type = MYSQL_TIMESTAMP_DATETIME };
		w->days[i] = w->times[i];
		w->days[i].time_type = MYSQL_TIMESTAMP_DATE;
	}
	for (int s = 0; s < 3; s++) {
		fill(w, rows, n, s);
		mysql_stmt_attr_set(w->statements[s], STMT_ATTR_ARRAY_SIZE, &size);
		if (mysql_stmt_bind_param(w->statements[s], w->binds[s]) != 0 || mysql_stmt_execute(w->statements[s]) != 0)
			fail(w->statements[s], NULL);
	}
	if (mysql_commit(w->mysql) != 0)
		fail(NULL, w->mysql);
}

static size_t
read_ports(const char *path, struct bus *buses)
{
	FILE *in = fopen(path, "r");
	size_t n = 0;

	if (in == NULL)
		exit(1);
	while (n < BUSES_MAX && fscanf(in, "%d", &buses[n].port) == 1) {
		buses[n].number = (int)n;
		n++;
	}
	fclose(in);
	return n;
}

int
main(int argc, char **argv)
{
	static struct bus buses[BUSES_MAX];
	static pthread_t threads[BUSES_MAX];
	static struct writer writer;
	static struct row rows[BATCH];
	struct timespec from, now;
	struct rusage usage;
	double seconds;
	size_t n_buses, n, total = 0;

	if (argc != 6)
		return 2;
	n_buses = read_ports(argv[1], buses);
	meters_per_bus = atoi(argv[2]);
	writer_open(&writer, argv[4], argv[5]);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (size_t i = 0; i < n_buses; i++)
		pthread_create(&threads[i], NULL, poll_bus, &buses[i]);
	do {
		n = take(rows);
		store(&writer, rows, n);
		total += n;
		clock_gettime(CLOCK_MONOTONIC, &now);
		seconds = (double)(now.tv_sec - from.tv_sec) + (double)(now.tv_nsec - from.tv_nsec) / 1e9;
	} while (seconds < atof(argv[3]));
	is_over = true;
	getrusage(RUSAGE_SELF, &usage);
	printf("rows=%zu seconds=%.3f cpu_s=%.3f rss_kb=%ld\n", total, seconds,
	    (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 + (double)usage.ru_stime.tv_sec +
		(double)usage.ru_stime.tv_usec / 1e6,
	    usage.ru_maxrss);
	/* The threads hold nothing that matters; the process's end takes them along. */
	fflush(stdout);
	_Exit(0);
}
