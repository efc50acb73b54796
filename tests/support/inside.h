/*
 * inside: a child of a unit test that may mount, and harms nobody by it.
 */
#ifndef INSIDE_H
#define INSIDE_H

/* What a child returns that could not begin; the test is then skipped. */
enum { CANNOT = 99 };

/*
 * Runs function(), which may mount, in a child with mounts of its own; an ordinary user's is root
 * in a user namespace. Skips the test where that is forbidden, and fails unless the function
 * returns 0; INSIDE_CHECK makes it return the line of what is wrong.
 */
void assert_inside(int (*function)(void));

/* Ends the function with its line where the condition does not hold. */
#define INSIDE_CHECK(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s (errno %d)\n", __FILE__, __LINE__, #condition,      \
                    errno);                                                                        \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

#endif
