/*
 * capital.h - amounts in Chinese capitals, as they stand on receipts: 壹仟零伍元整.
 *
 * They follow the rules of the People's Bank for filling in vouchers. A zero that may be left out
 * (when yuan or ten thousands end in zero and the next figure is none) is left out.
 */
#ifndef VOLTILL_CAPITAL_H
#define VOLTILL_CAPITAL_H

#include <stddef.h>
#include <stdint.h>

#define CAPITAL_TEXT_MAX 128
#define CAPITAL_MAX_FEN	 99999999999999 /* 999,999,999,999.99 */

/* Below zero it begins with 负. "" beyond CAPITAL_MAX_FEN. size: CAPITAL_TEXT_MAX suffices. */
void capital_amount(int64_t amount_fen, char *text, size_t size);

#endif
