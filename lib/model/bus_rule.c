#include <arpa/inet.h>
#include <string.h>

#include "base/rc.h"
#include "model/bus_rule.h"

static const char *const TRANSPORTS[BUS_TRANSPORTS] = {
	[BUS_RTU] = "rtu",
	[BUS_TCP] = "tcp",
	[BUS_RTU_TCP] = "rtu_tcp",
};

const int64_t bus_bauds[] = { 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 0 };

const char *
bus_transport_name(enum bus_transport transport)
{
	return (size_t)transport < COUNT(TRANSPORTS) ? TRANSPORTS[transport] : "";
}

enum bus_transport
bus_transport_find(const char *name)
{
	for (size_t i = 0; i < COUNT(TRANSPORTS); i++)
		if (strcmp(TRANSPORTS[i], name) == 0)
			return (enum bus_transport)i;
	return BUS_TRANSPORTS;
}

bool
bus_is_baud(int64_t baud)
{
	for (size_t i = 0; bus_bauds[i] != 0; i++)
		if (bus_bauds[i] == baud)
			return true;
	return false;
}

bool
bus_is_host(const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

bool
bus_is_device(const char *device)
{
	return device[0] == '/' && device[1] != '\0';
}

bool
bus_is_parity(const char *parity)
{
	return strcmp(parity, "N") == 0 || strcmp(parity, "E") == 0 || strcmp(parity, "O") == 0;
}

bool
bus_is_stop_bits(int64_t stop_bits)
{
	return stop_bits == 1 || stop_bits == 2;
}

bool
bus_is_timeout(int64_t timeout_ms)
{
	return timeout_ms >= BUS_TIMEOUT_MIN_MS && timeout_ms <= BUS_TIMEOUT_MAX_MS;
}

bool
bus_is_gap(int64_t gap_ms)
{
	return gap_ms >= 0 && gap_ms <= BUS_GAP_MAX_MS;
}

bool
bus_is_status_period(int64_t period_s)
{
	return period_s >= 0 && period_s <= BUS_PERIOD_MAX_S;
}

bool
bus_is_reading_period(int64_t period_s)
{
	return bus_is_status_period(period_s) &&
	       (period_s == 0 || BUS_PERIOD_MAX_S % period_s == 0);
}
