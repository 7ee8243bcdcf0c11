/*
 * rtu.h - what Modbus RTU says about bytes and time on a line. Pure.
 */
#ifndef VOLTILL_RTU_H
#define VOLTILL_RTU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTU_FRAME_MAX 256

/* Checksum over bytes; goes on the wire low byte first. */
uint16_t rtu_crc(const uint8_t *bytes, size_t length);

/* True when the bytes are one frame: at least unit, function and a checksum that is right. */
bool rtu_is_frame(const uint8_t *bytes, size_t length);

/* Time that characters take: each a start bit, eight data bits, parity if any, stop bits. */
int64_t rtu_character_us(uint32_t baud, char parity, uint8_t stop_bits, size_t characters);

/* The silence that separates frames: 3.5 characters, 1.75 ms above 19200 baud. */
int64_t rtu_silence_us(uint32_t baud, char parity, uint8_t stop_bits);

#endif
