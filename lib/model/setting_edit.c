/* Which settings there are, and what each may be. Everything here is pure. */
#include "model/setting_edit.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"
#include "base/text.h"

static const char *const LANGUAGES[] = { "zh-CN", "en", NULL };
static const char *const CURRENCIES[] = { "CNY", "HKD", "MOP", "SGD", "USD", "EUR", NULL };
static const char *const BASES[] = { "amount", "percent", NULL };
static const char *const CLASSES[] = { "0", "3", "4", NULL };

#define TEXT(n, g, low, high, value)                             \
	{                                                        \
		n, g, SETTING_TEXT, low, high, value, NULL, NULL \
	}
#define LINES(n, g, high, value)                                \
	{                                                       \
		n, g, SETTING_LINES, 0, high, value, NULL, NULL \
	}
#define FLAG(n, g, value)                                   \
	{                                                   \
		n, g, SETTING_FLAG, 0, 1, value, NULL, NULL \
	}
#define CHOICE(n, g, list, value)                             \
	{                                                     \
		n, g, SETTING_CHOICE, 0, 0, value, list, NULL \
	}
#define MONEY(n, g, high, value)                                \
	{                                                       \
		n, g, SETTING_MONEY, 0, high, value, NULL, NULL \
	}
#define NUMBER(n, g, low, high, value, unit)                       \
	{                                                          \
		n, g, SETTING_NUMBER, low, high, value, NULL, unit \
	}
#define SMS(event, code, zh, en)                                                                 \
	{ "sms." code "_on", SETTING_SMS + (event), SETTING_FLAG, 0, 1, "0", NULL, NULL },       \
	    { "sms." code "_zh", SETTING_SMS + (event), SETTING_TEMPLATE, 1, SMS_TEXT_MAX, zh,   \
		    NULL, NULL },                                                                \
	{                                                                                        \
		"sms." code "_en", SETTING_SMS + (event), SETTING_TEMPLATE, 1, SMS_TEXT_MAX, en, \
		    NULL, NULL                                                                   \
	}

/* By group, and within it in the order of the page. The texts of messages are data that customers
 * change: what is here is only where they begin. */
static const struct setting_spec SPECS[] = {
	TEXT("site.name", SETTING_SITE, 1, 64, "Voltill"),
	TEXT("site.phone", SETTING_SITE, 0, 30, ""),
	CHOICE("site.language", SETTING_SITE, LANGUAGES, "zh-CN"),
	{ "site.time_zone", SETTING_SITE, SETTING_ZONE, 1, 60, "Asia/Shanghai", NULL, NULL },
	CHOICE("site.currency", SETTING_SITE, CURRENCIES, "CNY"),
	TEXT("sms.signature", SETTING_SITE, 0, 16, ""),

	TEXT("receipt.title", SETTING_RECEIPT, 0, 40, ""),
	TEXT("receipt.company", SETTING_RECEIPT, 0, 64, ""),
	LINES("receipt.footer", SETTING_RECEIPT, 300, ""),

	MONEY("alarm.credit1_fen", SETTING_ALARM, 99999999, "5000"),
	MONEY("alarm.credit2_fen", SETTING_ALARM, 99999999, "2000"),
	NUMBER("meter.overload_w", SETTING_ALARM, 0, 1000000, "0", "W"),
	MONEY("meter.overdraft_fen", SETTING_ALARM, 99999999, "0"),
	{ "hold.night_from", SETTING_ALARM, SETTING_CLOCK, 0, 0, "22:00", NULL, NULL },
	{ "hold.night_to", SETTING_ALARM, SETTING_CLOCK, 0, 0, "08:00", NULL, NULL },
	FLAG("hold.weekend", SETTING_ALARM, "1"),
	FLAG("hold.holiday", SETTING_ALARM, "1"),

	FLAG("alarm.credit1_on", SETTING_RULES, "1"),
	FLAG("alarm.credit2_on", SETTING_RULES, "1"),
	CHOICE("alarm.credit_basis", SETTING_RULES, BASES, "amount"),
	NUMBER("alarm.credit1_percent", SETTING_RULES, 1, 99, "20", "Percent"),
	NUMBER("alarm.credit2_percent", SETTING_RULES, 1, 99, "10", "Percent"),
	FLAG("alarm.overload_on", SETTING_RULES, "1"),
	FLAG("alarm.clock_on", SETTING_RULES, "1"),
	NUMBER("alarm.clock_min", SETTING_RULES, 1, 120, "5", "Minute"),
	FLAG("alarm.relay_on", SETTING_RULES, "1"),
	NUMBER("alarm.spool_min", SETTING_RULES, 1, 1440, "5", "Minute"),
	NUMBER("alarm.disk_percent", SETTING_RULES, 1, 50, "10", "Percent"),

	NUMBER("password.min", SETTING_PASSWORD, 8, 64, "10", NULL),
	CHOICE("password.classes", SETTING_PASSWORD, CLASSES, "0"),
	NUMBER("password.max_age_days", SETTING_PASSWORD, 0, 999, "0", "Day"),
	NUMBER("password.history", SETTING_PASSWORD, 0, 24, "0", NULL),
	NUMBER("password.lock_failures", SETTING_PASSWORD, 0, 20, "0", "Times"),
	NUMBER("password.lock_min", SETTING_PASSWORD, 1, 1440, "30", "Minute"),

	NUMBER("session.idle_min", SETTING_SESSION, 1, 1440, "60", "Minute"),
	NUMBER("session.absolute_h", SETTING_SESSION, 1, 720, "12", "Hour"),
	NUMBER("session.parallel_max", SETTING_SESSION, 1, 100, "3", NULL),
	NUMBER("session.confirm_min", SETTING_SESSION, 1, 60, "10", "Minute"),

	NUMBER("keep.reading_months", SETTING_KEEP, 13, 600, "120", "Month"),
	NUMBER("keep.poll_days", SETTING_KEEP, 31, 3660, "400", "Day"),

	SMS(SMS_CREDIT1, "credit1",
	    "{tenant}，{room} 电费余额 {credit} 元，约可用 {days} 天，请及时充值。咨询 {phone}",
	    "{tenant}, {room}: credit {credit}, about {days} days left. Please top up. Tel {phone}"),
	SMS(SMS_CREDIT2, "credit2",
	    "{tenant}，{room} 电费余额仅剩 {credit} 元，即将停电，请尽快充值。咨询 {phone}",
	    "{tenant}, {room}: only {credit} left, power will be cut soon. Please top up now. Tel "
	    "{phone}"),
	SMS(SMS_ARREARS, "arrears",
	    "{tenant}，{room} 电费已用完，余额 {credit} 元，至少充值 {least} 元可保持供电。咨询 "
	    "{phone}",
	    "{tenant}, {room}: credit used up ({credit}). Pay at least {least} to keep power. Tel "
	    "{phone}"),
	SMS(SMS_TRIPPED, "tripped",
	    "{tenant}，{room} 因欠费已于 {time} 停电，至少充值 {least} 元后恢复供电。咨询 {phone}",
	    "{tenant}, {room}: power was cut at {time}. Pay at least {least} to restore it. Tel "
	    "{phone}"),
	SMS(SMS_RESTORED, "restored", "{tenant}，{room} 已于 {time} 恢复供电，余额 {credit} 元。",
	    "{tenant}, {room}: power was restored at {time}. Credit {credit}."),
	SMS(SMS_PURCHASED, "purchased",
	    "{tenant}，{room} 已充值 {amount} 元，余额 {credit} 元，收据号 {receipt}。",
	    "{tenant}, {room}: {amount} received, credit {credit}, receipt {receipt}."),
	SMS(SMS_METER_LOST, "meter_lost",
	    "{site}：{room} 电表 {meter}（{tenant}）自 {time} 失联，请检查。",
	    "{site}: meter {meter}, {room} ({tenant}) does not answer since {time}."),
	SMS(SMS_BUS_LOST, "bus_lost",
	    "{site}：网关 {gateway} 的总线 {bus} 自 {time} 失联，影响 {count} 块电表。",
	    "{site}: bus {bus} of gateway {gateway} is lost since {time}, {count} meters affected."),
};

const struct setting_spec *
setting_group(enum setting_group group, size_t *count)
{
	const struct setting_spec *first = NULL;

	*count = 0;
	for (size_t i = 0; i < COUNT(SPECS); i++) {
		if (SPECS[i].group != group)
			continue;
		if (first == NULL)
			first = &SPECS[i];
		(*count)++;
	}
	return first;
}

const struct setting_spec *
setting_spec(const char *name)
{
	for (size_t i = 0; i < COUNT(SPECS); i++)
		if (strcmp(SPECS[i].name, name) == 0)
			return &SPECS[i];
	return NULL;
}

const char *
setting_name(size_t index)
{
	return index < COUNT(SPECS) ? SPECS[index].name : NULL;
}

void
setting_field(const struct setting_spec *spec, char field[SETTING_FIELD_MAX])
{
	(void)text_copy(field, SETTING_FIELD_MAX, spec->name);
	for (char *dot = field; (dot = strchr(dot, '.')) != NULL;)
		*dot = '_';
}

/* One reader for each kind. Each fills value or adds a fault. */
struct parsing {
	const struct setting_spec *spec;
	const char *typed;
	char *value;
	struct faults *faults;
	char field[SETTING_FIELD_MAX];
};

static enum rc
refuse(struct parsing *p, const char *key, const char *value)
{
	fault_add_text(p->faults, p->field, key, value);
	return RC_INVALID;
}

static enum rc
refuse_range(struct parsing *p, const char *low, const char *high)
{
	fault_add(p->faults, p->field, "OutOfRange", "%s\t%s", low, high);
	return RC_INVALID;
}

static enum rc
check_length(struct parsing *p)
{
	char limit[24];
	size_t length = text_length(p->value);

	if (length < (size_t)p->spec->min)
		return refuse(p, "Required", "");
	if (length <= (size_t)p->spec->max)
		return RC_OK;
	(void)snprintf(limit, sizeof(limit), "%lld", (long long)p->spec->max);
	return refuse(p, "TooLong", limit);
}

static enum rc
parse_text(struct parsing *p)
{
	if (text_clean_name(p->typed, SMS_TEXT_MAX, p->value, SETTING_VALUE_MAX + 1) != RC_OK)
		return refuse(p, "BadText", "");
	return check_length(p);
}

static enum rc
parse_lines(struct parsing *p)
{
	char line[SETTING_VALUE_MAX + 1], typed[SETTING_VALUE_MAX + 1];
	size_t used = 0, end = 0;

	p->value[0] = '\0';
	for (const char *rest = p->typed; *rest != '\0';) {
		size_t length = strcspn(rest, "\r\n");
		(void)snprintf(typed, sizeof(typed), "%.*s", (int)length, rest);
		if (text_clean_name(typed, SMS_TEXT_MAX, line, sizeof(line)) != RC_OK)
			return refuse(p, "BadText", "");
		if (used + strlen(line) + 2 > SETTING_VALUE_MAX)
			break;
		used += (size_t)snprintf(
		    p->value + used, SETTING_VALUE_MAX - used, "%s%s", used > 0 ? "\n" : "", line);
		if (*line != '\0')
			end = used;
		rest += length;
		rest += *rest == '\r' ? 1 + (rest[1] == '\n') : *rest == '\n';
	}
	p->value[end] = '\0'; /* empty lines at the end go */
	return check_length(p);
}

static enum rc
parse_number(struct parsing *p)
{
	char low[24], high[24];
	int64_t number;

	(void)snprintf(low, sizeof(low), "%lld", (long long)p->spec->min);
	(void)snprintf(high, sizeof(high), "%lld", (long long)p->spec->max);
	if (text_parse_uint(p->typed, p->spec->max, &number) != RC_OK || number < p->spec->min)
		return refuse_range(p, low, high);
	(void)snprintf(p->value, SETTING_VALUE_MAX, "%lld", (long long)number);
	return RC_OK;
}

static enum rc
parse_money(struct parsing *p)
{
	static const char *const zeros[] = { "0", "0.0", "0.00" };
	char low[MONEY_TEXT_MAX], high[MONEY_TEXT_MAX];
	int64_t fen = -1;

	for (size_t i = 0; i < COUNT(zeros); i++)
		if (strcmp(p->typed, zeros[i]) == 0)
			fen = 0;
	money_format_plain(p->spec->min, low, sizeof(low));
	money_format_plain(p->spec->max, high, sizeof(high));
	if (fen < 0 && money_parse(p->typed, &fen) != RC_OK)
		return refuse_range(p, low, high);
	if (fen < p->spec->min || fen > p->spec->max)
		return refuse_range(p, low, high);
	(void)snprintf(p->value, SETTING_VALUE_MAX, "%lld", (long long)fen);
	return RC_OK;
}

static enum rc
parse_choice(struct parsing *p)
{
	for (size_t i = 0; p->spec->choices[i] != NULL; i++)
		if (strcmp(p->spec->choices[i], p->typed) == 0) {
			(void)text_copy(p->value, SETTING_VALUE_MAX + 1, p->typed);
			return RC_OK;
		}
	return refuse(p, "BadChoice", "");
}

/* A box that is not ticked sends nothing. */
static enum rc
parse_flag(struct parsing *p)
{
	if (*p->typed != '\0' && strcmp(p->typed, "0") != 0 && strcmp(p->typed, "1") != 0)
		return refuse(p, "BadChoice", "");
	(void)text_copy(p->value, SETTING_VALUE_MAX + 1, strcmp(p->typed, "1") == 0 ? "1" : "0");
	return RC_OK;
}

static enum rc
parse_clock(struct parsing *p)
{
	const char *t = p->typed;

	p->value[0] = '\0';
	if (*t == '\0')
		return RC_OK;
	if (strlen(t) != 5 || strspn(t, "0123456789") != 2 || t[2] != ':' ||
	    strspn(t + 3, "0123456789") != 2 || strncmp(t, "23", 2) > 0 || strcmp(t + 3, "59") > 0)
		return refuse(p, "BadClock", "");
	(void)text_copy(p->value, SETTING_VALUE_MAX + 1, t);
	return RC_OK;
}

static enum rc
parse_zone(struct parsing *p)
{
	if (!clock_has_zone(p->typed))
		return refuse(p, "BadZone", "");
	(void)text_copy(p->value, SETTING_VALUE_MAX + 1, p->typed);
	return RC_OK;
}

static enum rc
parse_template(struct parsing *p)
{
	char unknown[32];
	enum rc rc = parse_text(p);

	if (rc == RC_OK && sms_check((enum sms_event)(p->spec->group - SETTING_SMS), p->value,
			       unknown, sizeof(unknown)) != RC_OK)
		return refuse(p, unknown[1] == '\0' ? "SmsBrace" : "SmsVariable", unknown);
	return rc;
}

enum rc
setting_parse(
    const struct setting_spec *spec, const char *typed, char *value, struct faults *faults)
{
	static enum rc (*const readers[])(struct parsing *) = {
		[SETTING_TEXT] = parse_text,
		[SETTING_LINES] = parse_lines,
		[SETTING_NUMBER] = parse_number,
		[SETTING_MONEY] = parse_money,
		[SETTING_CHOICE] = parse_choice,
		[SETTING_FLAG] = parse_flag,
		[SETTING_CLOCK] = parse_clock,
		[SETTING_ZONE] = parse_zone,
		[SETTING_TEMPLATE] = parse_template,
	};
	struct parsing parsing = { .spec = spec, .typed = typed, .value = value, .faults = faults };

	setting_field(spec, parsing.field);
	*value = '\0';
	return readers[spec->kind](&parsing);
}

void
setting_format(const struct setting_spec *spec, const char *value, char *out)
{
	int64_t fen;

	if (spec->kind == SETTING_MONEY && text_parse_uint(value, INT64_MAX, &fen) == RC_OK)
		money_format_plain(fen, out, SETTING_VALUE_MAX + 1);
	else
		(void)text_copy(out, SETTING_VALUE_MAX + 1, value);
}

/* Rules between two settings of a group. */

static const char *
value_of(enum setting_group group, const char *const *values, const char *name)
{
	size_t count;
	const struct setting_spec *specs = setting_group(group, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(specs[i].name, name) == 0)
			return values[i];
	return "";
}

static int64_t
number_of(enum setting_group group, const char *const *values, const char *name)
{
	int64_t number = 0;

	return text_parse_uint(value_of(group, values, name), INT64_MAX, &number) == RC_OK ? number
											   : 0;
}

enum rc
setting_check(enum setting_group group, const char *const *values, struct faults *faults)
{
	size_t before = faults->count;

	if (group == SETTING_ALARM) {
		const char *from = value_of(group, values, "hold.night_from");
		const char *to = value_of(group, values, "hold.night_to");
		if (number_of(group, values, "alarm.credit2_fen") >
		    number_of(group, values, "alarm.credit1_fen"))
			fault_add(faults, "alarm_credit2_fen", "Alarm2Above", "%s", "");
		if ((*from == '\0') != (*to == '\0'))
			fault_add(faults, *from == '\0' ? "hold_night_from" : "hold_night_to",
			    "NightHalf", "%s", "");
		else if (*from != '\0' && strcmp(from, to) == 0)
			fault_add(faults, "hold_night_to", "NightSame", "%s", "");
	}
	if (group == SETTING_RULES && number_of(group, values, "alarm.credit2_percent") >
					  number_of(group, values, "alarm.credit1_percent"))
		fault_add(faults, "alarm_credit2_percent", "PercentAbove", "%s", "");
	if (group == SETTING_SESSION && number_of(group, values, "session.idle_min") >
					    number_of(group, values, "session.absolute_h") * 60)
		fault_add(faults, "session_idle_min", "IdleAbove", "%s", "");
	return faults->count == before ? RC_OK : RC_INVALID;
}
