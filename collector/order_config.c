#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "order.h"

#define TRIES_MAX	3    /* of a transaction with a meter that is alive */
#define WRITES_MAX	2    /* of a frame that reads back as it was before */
#define LOOK_AGAIN_MS	2000 /* some meters take what was written only after a while */
#define BUSY_PAUSE_MS	1000
#define ANSWER_ROOM	32
#define EXCEPTION_VALUE 3 /* 1 to 3: no such function, register or value */

static enum config_part
part_of(const struct order *order)
{
	return command_trait(order->command.kind)->part;
}

static bool
is_write(const struct order *order)
{
	return part_of(order) != CONFIG_PARTS;
}

static bool
is_meant(const struct order *order, const struct config_frame *frame)
{
	return !is_write(order) || frame->part == part_of(order);
}

/* command_id: of the command that wrote it, 0 when it was only read. */
static void
tell_config(struct bus *bus, const struct order *order, int64_t command_id)
{
	struct item item = item_of(bus, ITEM_ORDER_CONFIG);

	item.u.config = (struct item_config){ .at = clock_now(),
		.command_id = command_id,
		.meter_id = order->command.meter_id,
		.config = order->found };
	outbox_put(bus->outbox, &item);
}

static void
fail(struct bus *bus, struct order *order, const char *code, const struct config_frame *frame)
{
	char result[ITEM_RESULT_MAX];

	(void)snprintf(result, sizeof(result), "%s %s", code, frame_content_name(frame->content));
	order_end(bus, order, COMMAND_FAILED, result);
}

/* What holds for the next frame. The last of a part tells what was read of it. */
static void
advance(struct bus *bus, struct order *order, const struct config_frame *frames, size_t count)
{
	const struct config_frame *done = &frames[order->frame];
	size_t next = order->frame + 1;

	bool is_part_over = next == count || frames[next].part != done->part;
	if (is_part_over && !order->is_part_refused) {
		tell_config(bus, order, is_write(order) ? order->command.command_id : 0);
		order->parts_told++;
	}
	if (is_part_over) {
		order->is_part_refused = false;
		order->found_frames = 0;
	}
	if (is_write(order) || is_part_over)
		order_step(bus, order);
	order->frame = next;
	order->phase = ORDER_READ;
	order->tries = order->writes = 0;
	order->was_looked_at_twice = false;
}

/* No answer, or none that can be used. A meter that is alive is asked again; otherwise the order
 * waits in the queue until it is back. */
static void
note_silence(struct bus *bus, struct order *order, size_t meter, enum trouble trouble)
{
	bool is_alive = !plan_is_lost(bus->plan, meter) || order->tries > 0;

	if (order_note_line(bus, order, trouble))
		return;
	if (is_alive && ++order->tries < TRIES_MAX)
		return;
	order_retry(bus, order, trouble_name(trouble));
}

/* A meter may be too busy; it may lack what only some of its model have; otherwise it says no. */
static void
note_refusal(struct bus *bus, struct order *order, const struct config_frame *frames, size_t count)
{
	const struct config_frame *frame = &frames[order->frame];
	char result[ITEM_RESULT_MAX];

	if (link_exception(bus->link) > EXCEPTION_VALUE && ++order->tries < TRIES_MAX) {
		order->not_before = clock_mono() + BUSY_PAUSE_MS;
		return;
	}
	if (!is_write(order)) {
		order->is_part_refused = true;
		advance(bus, order, frames, count);
		return;
	}
	(void)snprintf(result, sizeof(result), "refused %s %d", frame_content_name(frame->content),
	    link_exception(bus->link));
	order_end(bus, order, COMMAND_FAILED, result);
}

/* ---- one transaction ---- */

/* The zones a meter held before we wrote any tell in which order it wants them. */
static void
learn_zone_order(
    const struct config_frames *config, const struct config_frame *frame, struct order *order)
{
	if (frame->content == FRAME_ZONES && order->phase == ORDER_READ)
		order->zone_order =
		    frame_zone_order(config, order->held, &order->is_zone_order_sure);
}

/* What the meter holds instead, where one frame is the whole part. */
static void
tell_difference(struct bus *bus, struct order *order, const struct meter_definition *meter,
    const struct config_frame *frame)
{
	bool is_whole =
	    frame->part != CONFIG_TOU && (frame->part != CONFIG_OVERLOAD || meter->phases != 3);

	if (!is_whole)
		return;
	frame_begin(frame->part, &order->found);
	frame_decode(
	    meter->profile->config, frame, meter->phases, order->held, clock_now(), &order->found);
	tell_config(bus, order, 0);
}

static void
settle_read(struct bus *bus, struct order *order, const struct meter_definition *meter,
    const struct config_frame *frames, size_t count)
{
	const struct config_frames *config = meter->profile->config;
	const struct config_frame *frame = &frames[order->frame];
	int64_t wall = clock_now();
	bool is_right = !is_write(order) || frame_is_right(config, frame, meter->phases,
						order->held, wall, &order->command.wanted);

	learn_zone_order(config, frame, order);
	if (is_right) {
		if (order->found_frames == 0)
			frame_begin(frame->part, &order->found);
		frame_decode(config, frame, meter->phases, order->held, wall, &order->found);
		order->found_frames++;
		advance(bus, order, frames, count);
	} else if (order->phase == ORDER_READ) {
		order->phase = ORDER_WRITE;
		order->tries = 0;
	} else if (!order->was_looked_at_twice) {
		order->was_looked_at_twice = true;
		order->not_before = clock_mono() + LOOK_AGAIN_MS;
	} else if (order->writes < WRITES_MAX) {
		order->phase = ORDER_WRITE;
		order->tries = 0;
	} else {
		tell_difference(bus, order, meter, frame);
		fail(bus, order, "differs", frame);
	}
}

static void
read_frame(
    struct bus *bus, struct order *order, size_t i, const struct config_frame *frames, size_t count)
{
	const struct meter_definition *meter = &bus->definition->meters[i];
	const struct config_frame *frame = &frames[order->frame];
	const struct profile *profile = meter->profile;
	enum rc rc = link_read(bus->link, meter->unit, 3, frame->read_address, frame->read_count,
	    order->held, bus_timeout_ms(bus, profile), profile->min_gap_ms);

	if (rc == RC_OK)
		settle_read(bus, order, meter, frames, count);
	else if (link_trouble(bus->link) == TROUBLE_REFUSED)
		note_refusal(bus, order, frames, count);
	else
		note_silence(bus, order, i, link_trouble(bus->link));
}

/* A meter that knows no such month: it wants the bytes the other way round. */
static bool
turn_zones(struct bus *bus, struct order *order, const struct config_frame *frame)
{
	bool may_turn = frame->content == FRAME_ZONES && !order->is_zone_order_sure &&
			link_exception(bus->link) == EXCEPTION_VALUE;

	if (!may_turn)
		return false;
	order->is_zone_order_sure = true;
	order->zone_order =
	    order->zone_order == ZONES_TABLE_FIRST ? ZONES_MONTH_FIRST : ZONES_TABLE_FIRST;
	return true;
}

/* Whatever the answer says, only reading back decides. After silence the line is closed, because
 * what a gateway did not deliver yet must not arrive later (reliability.md D-27). */
static void
settle_write(struct bus *bus, struct order *order, const struct config_frame *frames, size_t count)
{
	enum trouble trouble = link_trouble(bus->link);

	order->writes++;
	if (trouble == TROUBLE_REFUSED) {
		order->writes--;
		if (!turn_zones(bus, order, &frames[order->frame]))
			note_refusal(bus, order, frames, count);
		return;
	}
	order->phase = ORDER_VERIFY;
	order->tries = 0;
	order->was_looked_at_twice = false;
	if (trouble == TROUBLE_TIMEOUT)
		link_close(bus->link);
	else
		(void)order_note_line(bus, order, trouble);
}

static void
write_frame(
    struct bus *bus, struct order *order, size_t i, const struct config_frame *frames, size_t count)
{
	const struct meter_definition *meter = &bus->definition->meters[i];
	const struct config_frame *frame = &frames[order->frame];
	uint8_t request[FRAME_REQUEST_MAX], answer[ANSWER_ROOM];
	size_t length, room = sizeof(answer);

	if (frame_encode(meter->profile->config, frame, meter->phases, meter->unit, order->held,
		clock_now(), order->zone_order, &order->command.wanted, request,
		&length) != RC_OK) {
		fail(bus, order, "does_not_fit", frame);
		return;
	}
	enum rc rc = link_exchange(
	    bus->link, request, length, answer, &room, bus_timeout_ms(bus, meter->profile));
	if (link_trouble(bus->link) == TROUBLE_STOPPED)
		return;
	(void)rc;
	settle_write(bus, order, frames, count);
}

/* ---- the order ---- */

void
order_config_turn(struct bus *bus, struct order *order)
{
	size_t i = order_meter(bus, order), count;

	if (i == bus->definition->meter_count) {
		order_end(bus, order, COMMAND_FAILED, "gone");
		return;
	}
	/* B-56: what was meant for one meter must not be written into another. */
	if (bus->stations[i].is_other_meter) {
		order_retry(bus, order, "other_meter");
		return;
	}
	const struct meter_definition *meter = &bus->definition->meters[i];
	const struct config_frame *frames =
	    frame_list(meter->profile->config, meter->phases, &count);
	while (order->frame < count && !is_meant(order, &frames[order->frame]))
		order->frame++;
	if (order->frame == count) {
		bool was_done = order->parts_told > 0;
		order_end(bus, order, was_done ? COMMAND_CONFIRMED : COMMAND_FAILED,
		    was_done ? "" : "unsupported");
		return;
	}
	if (order->phase == ORDER_WRITE)
		write_frame(bus, order, i, frames, count);
	else
		read_frame(bus, order, i, frames, count);
}
