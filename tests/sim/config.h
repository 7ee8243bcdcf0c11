/*
 * config.h - the configuration file: seed, zone, lines, boxes, meters, in this order.
 */
#ifndef METERSIM_CONFIG_H
#define METERSIM_CONFIG_H

/* Ends the program with file name and line number when something is wrong. */
void config_read(const char *path);

#endif
