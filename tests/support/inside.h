/*
 * inside: a child of a unit test. It may mount, and harms nobody by that.
 */
#ifndef INSIDE_H
#define INSIDE_H

/* A child returns this if it could not begin. Then the test is skipped. */
enum { CANNOT = 99 };

/*
 * Runs function() in a child with mounts of its own, so that it may mount. An ordinary user's child
 * is root in a user namespace. Skips the test where that is forbidden. Fails unless the function
 * returns 0: INSIDE_CHECK makes it return the number of the line that is wrong.
 */
void assert_inside(int (*function)(void));

/*
 * Leaves the machine's mounts for copies of them, for good. A test that wraps the functions that
 * mount calls it first. If one is not wrapped after a change, the machine is not harmed. A caller
 * that may not do this may not mount either.
 */
void inside_leave_mounts(void);

/* Ends the function if the condition does not hold. It returns the number of this line. */
#define INSIDE_CHECK(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s (errno %d)\n", __FILE__, __LINE__, #condition,      \
                    errno);                                                                        \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

#endif
