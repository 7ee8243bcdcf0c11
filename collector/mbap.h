/*
 * mbap.h - Modbus TCP framing: seven bytes (transaction, protocol, length, unit), then function and
 * data. Pure. libmodbus sends raw requests with transaction 0 and does not check the unit of an
 * answer (reliability.md D-22, D-23), so link.c frames Modbus TCP with these two functions.
 */
#ifndef VOLTILL_MBAP_H
#define VOLTILL_MBAP_H

#include <stddef.h>
#include <stdint.h>

#define MBAP_PREFIX    6   /* transaction, protocol, length */
#define MBAP_PDU_MAX   254 /* unit, function and data */
#define MBAP_FRAME_MAX (MBAP_PREFIX + MBAP_PDU_MAX)

/* Writes the frame of pdu (unit, function, data). Returns its length. */
size_t mbap_write(
    uint8_t frame[MBAP_FRAME_MAX], uint16_t transaction, const uint8_t *pdu, size_t length);

enum mbap_sight {
	MBAP_MORE,   /* no whole frame yet */
	MBAP_ANSWER, /* the answer to this transaction: its first *length bytes */
	MBAP_STALE,  /* a whole frame of another transaction: skip *length bytes */
	MBAP_BROKEN, /* no Modbus frame: the stream cannot be followed any more */
};

/* Looks at what was received so far. */
enum mbap_sight mbap_look(
    const uint8_t *bytes, size_t received, uint16_t transaction, size_t *length);

#endif
