/*
 * history.h - the past of the meters, half hour by half hour, as it would have been read.
 */
#ifndef METERSIM_HISTORY_H
#define METERSIM_HISTORY_H

/* Prints the rows of the past days and leaves every meter at the last half hour. What the
 * configuration says of a meter is what it holds now; the past leads up to it. */
void history_print(int days);

#endif
