/* /sales/sell/{id}: how much, in which way; then what it would be, and the question. */
#include "sell.h"

#include <stddef.h>
#include <string.h>

#include "base/money.h"
#include "base/text.h"
#include "form.h"
#include "model/sale_list.h"
#include "model/setting.h"

#define ID_MAX UINT32_MAX

static const char *const CHANNEL_CHOICES[] = { "cash", "transfer", "pos", "qr", NULL };
static const int64_t QUICK_FEN[] = { 10000, 20000, 50000, 100000 };

static const struct form_field FIELDS[] = {
	{ "amount", FORM_MONEY, true, 0, NULL, offsetof(struct sell, amount_fen) },
	{ "channel", FORM_CHOICE, true, 0, CHANNEL_CHOICES, offsetof(struct sell, channel) },
	{ "tendered", FORM_MONEY, false, 0, NULL, offsetof(struct sell, tendered_fen) },
	{ "note", FORM_TEXT, false, SALE_TEXT_MAX, NULL, offsetof(struct sell, note) },
	{ "account", FORM_UINT, true, ID_MAX, NULL, offsetof(struct sell, account_id) },
	{ "mark", FORM_UINT, false, INT64_MAX, NULL, offsetof(struct sell, price_mark) },
	{ "again", FORM_MONEY, false, 0, NULL, offsetof(struct sell, again_fen) },
	{ "duplicate", FORM_BOOL, false, 0, NULL, offsetof(struct sell, is_duplicate_meant) },
};

static const struct params *
typed_in(const struct req *r)
{
	return r->method == POST ? &r->body : &r->query;
}

static bool
is_typed(const struct req *r, int64_t fee_id)
{
	const char *text;
	int64_t id;

	for (size_t n = 0; (text = param_nth(typed_in(r), "fee", n)) != NULL; n++)
		if (text_parse_uint(text, ID_MAX, &id) == RC_OK && id == fee_id)
			return true;
	return false;
}

/* The ticks as they came (a field "fees" says that they did), or the usual ones. */
static void
read_fees(struct req *r, struct sell *sell)
{
	bool came = *param_get(typed_in(r), "fees") != '\0';

	sell->fee_count = 0;
	for (size_t i = 0; i < sell->fees_on_offer && sell->fee_count < SALE_FEES_MAX; i++) {
		const struct sale_fee *fee = &sell->fees[i];
		if (came ? is_typed(r, fee->fee_id) : fee->is_usual)
			sell->fee_ids[sell->fee_count++] = fee->fee_id;
	}
}

enum rc
sell_load(struct req *r, struct sell *sell)
{
	const struct meter *meter = &sell->detail.meter;
	struct ledger_balance balance;
	enum rc rc = meter_find_sold(r, r->id, &sell->detail);

	if (rc == RC_OK)
		rc = sale_fees(r->db, r->arena, &sell->fees, &sell->fees_on_offer);
	if (rc == RC_OK)
		rc = ledger_balance(r->db, meter->account_id, meter->meter_id, &balance);
	sell->transit_fen = rc == RC_OK ? balance.transit_fen : 0;
	return rc;
}

enum rc
sell_read(struct req *r, struct sell *sell)
{
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), sell);

	read_fees(r, sell);
	if (sell->channel != CHANNEL_CASH)
		sell->tendered_fen = 0;
	if (rc == RC_OK && sell->tendered_fen != 0 && sell->tendered_fen < sell->amount_fen) {
		form_error(r, "tendered", "Tendered");
		rc = RC_INVALID;
	}
	return rc;
}

struct sale_wish
sell_wish(const struct req *r, const struct sell *sell)
{
	struct sale_wish wish = { .asker = { .by = editor(r) },
		.account_id = sell->account_id,
		.meter_id = sell->detail.meter.meter_id,
		.channel = (enum channel)sell->channel,
		.amount_fen = sell->amount_fen,
		.tendered_fen = sell->tendered_fen,
		.fee_count = sell->fee_count,
		.price_mark = sell->price_mark,
		.is_duplicate_meant = sell->is_duplicate_meant,
		.note = sell->note };

	memcpy(wish.fee_ids, sell->fee_ids, sizeof(wish.fee_ids));
	return wish;
}

enum rc
sell_target(struct req *r, const char **target)
{
	int64_t series;
	enum rc rc = setting_int(r->db, "ledger.series", 0, &series);

	*target = arena_printf(r->arena, "sell/%lld/%lld", (long long)r->id, (long long)series);
	return rc;
}

/* ---- what it would be ---- */

/* The least that brings the power back: what is owed, what is still on its way to the meter, and
 * the fees that go off. 0: the power is not gone for want of credit. */
static int64_t
least_amount(const struct sell *sell)
{
	const struct meter *meter = &sell->detail.meter;
	int64_t fixed_fen = 0, permille = 0;

	if (meter->credit_fen == METER_NO_CREDIT || meter->credit_fen > 0)
		return 0;
	for (size_t i = 0; i < sell->fees_on_offer; i++)
		for (size_t k = 0; k < sell->fee_count; k++)
			if (sell->fees[i].fee_id == sell->fee_ids[k]) {
				if (sell->fees[i].is_permille)
					permille += sell->fees[i].value;
				else
					fixed_fen += sell->fees[i].value;
			}
	int64_t wanted_fen = 1 - meter->credit_fen - sell->transit_fen;
	if (wanted_fen <= 0 || permille >= 1000)
		return 0;
	/* Shares are rounded each for itself, by less than a fen. */
	return ((wanted_fen + fixed_fen) * 1000 + 999 - permille) / (1000 - permille) +
	       (permille > 0 ? 1 : 0);
}

static void
show_lines(struct req *r, const struct sale_quote *quote)
{
	struct node *list = view_node(r->view, "Quote.Lines");

	for (size_t i = 0; i < quote->line_count; i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Name",
		    quote->lines[i].is_fee ? quote->lines[i].name
					   : view_word(r->view, "Sales.Line.Energy"));
		node_set(r->view, node, "Amount", money_text(r, quote->lines[i].amount_fen));
	}
}

static const char *
energy_text(struct req *r, int64_t energy_wh)
{
	char text[MONEY_TEXT_MAX];

	energy_format(energy_wh, 1, text, sizeof(text));
	return arena_strdup(r->arena, text);
}

/* Watt-hours for an amount at a price. */
static int64_t
bought(int64_t amount_fen, int64_t price_uyuan)
{
	return amount_fen * 10000000 / price_uyuan;
}

/* By what a kWh cost lately; otherwise between the dearest and the cheapest hour. */
static void
show_energy(struct req *r, const struct sale_quote *quote)
{
	if (quote->energy_wh >= 0)
		view_set(r->view, "Quote.Energy", energy_text(r, quote->energy_wh));
	else if (quote->price_low_uyuan > 0 && quote->credit_fen > 0)
		view_set(r->view, "Quote.Energy",
		    arena_printf(r->arena, "%s – %s",
			energy_text(r, bought(quote->credit_fen, quote->price_high_uyuan)),
			energy_text(r, bought(quote->credit_fen, quote->price_low_uyuan))));
	if (quote->price_uyuan < 0)
		return;
	view_set(r->view, "Quote.Price", price_text(r, quote->price_uyuan));
	if (quote->price_low_uyuan != quote->price_high_uyuan) {
		view_set(r->view, "Quote.PriceLow", price_text(r, quote->price_low_uyuan));
		view_set(r->view, "Quote.PriceHigh", price_text(r, quote->price_high_uyuan));
	}
}

static void
show_credit(struct req *r, const struct sell *sell)
{
	const struct meter *meter = &sell->detail.meter;
	const struct sale_quote *quote = &sell->quote;

	if (meter->credit_fen == METER_NO_CREDIT)
		return;
	int64_t after_fen = meter->credit_fen + quote->transit_fen + quote->credit_fen;
	view_set(r->view, "Quote.Before", money_text(r, meter->credit_fen));
	view_set(r->view, "Quote.After", money_text(r, after_fen));
	view_bool(r->view, "Quote.IsBeforeNegative", meter->credit_fen < 0);
	view_bool(r->view, "Quote.IsAfterNegative", after_fen <= 0);
	view_set(r->view, "Quote.Lasts", days_text(r, after_fen, meter->spent_day_fen));
}

enum rc
sell_quote(struct req *r, struct sell *sell)
{
	const struct sale_wish wish = sell_wish(r, sell);
	struct sale_quote *quote = &sell->quote;
	enum rc rc = sale_quote(r->db, r->arena, &wish, quote);

	if (rc != RC_OK)
		return rc;
	view_bool(r->view, "Quote.IsShown", true);
	view_set(r->view, "Quote.Amount", money_text(r, sell->amount_fen));
	view_set(r->view, "Quote.Total", money_text(r, quote->credit_fen));
	view_bool(r->view, "Quote.IsNothing", quote->credit_fen <= 0);
	if (quote->transit_fen != 0)
		view_set(r->view, "Quote.Transit", money_text(r, quote->transit_fen));
	if (quote->queued > 0) {
		const char *const ahead[] = { number_text(r, quote->queued) };
		view_set(
		    r->view, "Quote.Queue", view_phrase(r->view, "Sales.Sell.Queue", ahead, 1));
	}
	if (sell->tendered_fen >= sell->amount_fen && sell->tendered_fen > 0) {
		view_set(r->view, "Quote.Tendered", money_text(r, sell->tendered_fen));
		view_set(
		    r->view, "Quote.Change", money_text(r, sell->tendered_fen - sell->amount_fen));
	}
	show_lines(r, quote);
	show_energy(r, quote);
	show_credit(r, sell);
	return RC_OK;
}

/* ---- the form ---- */

static const char *
fee_text(struct req *r, const struct sale_fee *fee)
{
	if (!fee->is_permille)
		return arena_printf(r->arena, "%s %s", fee->name, money_text(r, fee->value));
	return arena_printf(r->arena, "%s %lld.%lld %%", fee->name, (long long)(fee->value / 10),
	    (long long)(fee->value % 10));
}

static void
show_fees(struct req *r, const struct sell *sell)
{
	for (size_t i = 0; i < sell->fees_on_offer; i++) {
		int64_t fee_id = sell->fees[i].fee_id, selected = -1;
		for (size_t k = 0; k < sell->fee_count; k++)
			if (sell->fee_ids[k] == fee_id)
				selected = fee_id;
		choice_add(r, "fee", fee_id, fee_text(r, &sell->fees[i]), selected);
	}
}

/* Links that fill the amount in; what was typed beside it stays. */
static const char *
fill_link(struct req *r, const struct sell *sell, const char *amount)
{
	struct url url = url_begin(r, arena_printf(r->arena, "/sales/sell/%lld", (long long)r->id));

	url_text(&url, "amount", amount);
	if (sell->channel != CHANNEL_CASH)
		url_text(&url, "channel", CHANNEL_CHOICES[sell->channel]);
	if (*param_get(typed_in(r), "fees") != '\0') {
		url_text(&url, "fees", "1");
		for (size_t i = 0; i < sell->fee_count; i++)
			url_number(&url, "fee", sell->fee_ids[i]);
	}
	url_text(&url, "note", sell->note);
	return url.text;
}

static void
quick_add(struct req *r, const struct sell *sell, int64_t amount_fen, const char *key)
{
	struct node *node = node_add(r->view, view_node(r->view, "Quick"));
	char plain[MONEY_TEXT_MAX];

	money_format_plain(amount_fen, plain, sizeof(plain));
	if (amount_fen % 100 == 0)
		*strchr(plain, '.') = '\0';
	node_set(r->view, node, "Value", plain);
	node_set(r->view, node, "Text", arena_printf(r->arena, "%s%s", currency_sign(r), plain));
	node_set(r->view, node, "Key", key);
	node_set(r->view, node, "Href", fill_link(r, sell, plain));
}

/* What the tenant bought last. */
static enum rc
show_last(struct req *r, const struct sell *sell)
{
	const struct sale_filter filter = { .scope = r->scope,
		.kind = SALE_PURCHASE,
		.state = SALE_STATES,
		.channel = CHANNELS,
		.meter_id = r->id,
		.account_id = sell->detail.meter.account_id,
		.sort = "time",
		.is_descending = true,
		.limit = 1 };
	struct sale_row *row;
	size_t count;
	enum rc rc = sale_list(r->db, r->arena, &filter, &row, &count);

	if (rc != RC_OK || count == 0)
		return rc;
	view_set(r->view, "Last.Amount", money_text(r, row->amount_fen));
	view_time(r->view, "Last.At", row->created_at, r->now, 0);
	view_set(r->view, "Last.State", sale_state_name(row->state));
	quick_add(r, sell, row->amount_fen, "Last");
	return RC_OK;
}

static void
show_least(struct req *r, const struct sell *sell)
{
	int64_t least_fen = least_amount(sell);

	if (least_fen <= 0 || least_fen > SALE_MAX_FEN)
		return;
	const char *const values[] = { money_text(r, least_fen) };
	view_set(r->view, "Least", view_phrase(r->view, "Sales.Sell.Least", values, 1));
	quick_add(r, sell, least_fen, "Least");
}

static void
show_meter(struct req *r, const struct sell *sell)
{
	const char *title = sell->detail.meter.tenant;
	struct node *node = view_node(r->view, "Meter");

	meter_show(r, node, &sell->detail.meter);
	node_int(r->view, node, "AccountId", sell->detail.meter.account_id);
	view_set(r->view, "Page.Title",
	    arena_printf(r->arena, "%s · %s", view_word(r->view, "Sales.Sell.Title"), title));
	crumb(r, NULL, title);
}

/* Of a link, or of what is being typed: what is no amount (yet) is passed over. */
static void
read_query(struct req *r, struct sell *sell)
{
	const char *typed = param_get(&r->query, "amount"), *note = param_get(&r->query, "note");
	struct sell shown = *sell;

	for (size_t i = 0; CHANNEL_CHOICES[i] != NULL; i++)
		if (strcmp(param_get(&r->query, "channel"), CHANNEL_CHOICES[i]) == 0)
			sell->channel = (int64_t)i;
	(void)!text_clean_name(note, SALE_TEXT_MAX, sell->note, sizeof(sell->note));
	(void)!money_parse(typed, &sell->amount_fen);
	if (sell->channel == CHANNEL_CASH)
		(void)!money_parse(param_get(&r->query, "tendered"), &sell->tendered_fen);
	sell->account_id = sell->detail.meter.account_id;
	shown = *sell;
	form_fill(r, FIELDS, COUNT(FIELDS), &shown);
	view_set(r->view, "Form.amount.Value", typed);
	view_set(r->view, "Form.tendered.Value", param_get(&r->query, "tendered"));
	read_fees(r, sell);
}

enum rc
sell_form(struct req *r, struct sell *sell)
{
	int64_t shift_id;
	enum rc rc = shift_strip(r, &shift_id);

	for (size_t i = 0; i < COUNT(QUICK_FEN); i++)
		quick_add(r, sell, QUICK_FEN[i], NULL);
	if (rc == RC_OK)
		rc = show_last(r, sell);
	if (rc != RC_OK)
		return rc;
	show_least(r, sell);
	show_fees(r, sell);
	show_meter(r, sell);
	return page(r, "sales/sell.cs");
}

enum rc
sell(struct req *r)
{
	struct sell sell = { .channel = CHANNEL_CASH };
	enum rc rc = sell_load(r, &sell);

	if (rc != RC_OK)
		return rc;
	read_query(r, &sell);
	if (sell.amount_fen > 0 && (rc = sell_quote(r, &sell)) != RC_OK)
		return rc;
	if (!r->is_fragment)
		return sell_form(r, &sell);
	show_least(r, &sell);
	meter_show(r, view_node(r->view, "Meter"), &sell.detail.meter);
	return page(r, "sales/sell.cs");
}

/* ---- the question ---- */

/* What can be said before the deed is tried. */
static enum rc
check(struct req *r, const struct sell *sell)
{
	const char *const limit[] = { money_text(r, r->session->limits.sale_max_fen) };
	int64_t shift_id;
	enum rc rc = shift_strip(r, &shift_id);

	if (rc != RC_OK)
		return rc;
	if (sell->amount_fen > r->session->limits.sale_max_fen)
		form_error_values(r, "amount", "SaleMax", limit, 1);
	if (sell->quote.credit_fen <= 0)
		form_error(r, "amount", "NothingLeft");
	if (shift_id == 0)
		form_error(r, "", "NoShift");
	return r->status == 200 ? RC_OK : RC_INVALID;
}

enum rc
sell_ask(struct req *r, struct sell *sell, const char *duplicate)
{
	const char *const amount[] = { money_text(r, sell->amount_fen) };
	const char *target;
	char plain[MONEY_TEXT_MAX];
	enum rc rc = sell_target(r, &target);

	if (rc != RC_OK)
		return rc;
	money_format_plain(sell->amount_fen, plain, sizeof(plain));
	bound_key_show(r, "Key", target);
	view_int(r->view, "Form.mark.Value", sell->quote.price_mark);
	view_set(r->view, "Duplicate", duplicate);
	view_bool(r->view, "IsTwice", sell->amount_fen > SELL_TWICE_FEN);
	view_set(r->view, "Form.again.Value", "");
	view_set(r->view, "Button",
	    view_phrase(r->view,
		duplicate != NULL ? "Sales.SellConfirm.ButtonAgain" : "Sales.SellConfirm.Button",
		amount, 1));
	view_set(r->view, "Back.Href", fill_link(r, sell, plain));
	view_set(r->view, "Channel", CHANNEL_CHOICES[sell->channel]);
	show_least(r, sell);
	show_fees(r, sell);
	show_meter(r, sell);
	return page(r, "sales/sell_confirm.cs");
}

enum rc
sell_preview(struct req *r)
{
	struct sell sell = { .channel = CHANNEL_CASH };
	enum rc rc = sell_load(r, &sell);

	if (rc != RC_OK)
		return rc;
	rc = sell_read(r, &sell);
	if (rc == RC_OK && (rc = sell_quote(r, &sell)) == RC_OK)
		rc = check(r, &sell);
	if (rc == RC_INVALID)
		return sell_form(r, &sell);
	return rc == RC_OK ? sell_ask(r, &sell, NULL) : rc;
}
