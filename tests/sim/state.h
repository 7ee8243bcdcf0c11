/*
 * state.h - what survives a stop of the simulator.
 */
#ifndef METERSIM_STATE_H
#define METERSIM_STATE_H

/* Reads the file when it is there; ends the program when it cannot be understood. */
void state_load(const char *path);

/* Every meter is brought to now and written; the file appears whole or not at all. */
void state_save(const char *path);

#endif
