/*
 * table: prints what a sweep has found.
 */
#ifndef TABLE_H
#define TABLE_H

#include "sweep.h"

/*
 * Prints how often each verdict came, in a row for each errno and signal; then the points with a
 * bad verdict. Returns how many of these there are.
 */
int table_print(const struct sweep *sweep);

#endif
