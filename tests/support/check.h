/*
 * check: what every test uses: cmocka, checks of texts, and a catch of what is printed on stderr.
 */
#ifndef CHECK_H
#define CHECK_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

/* Runs the tests of an array and returns the exit status for main(). */
#define check_run(tests) (check_begin(), cmocka_run_group_tests(tests, NULL, NULL))
void check_begin(void);

/* Ends the running test as skipped, and says why. */
#define check_skip(...)                                                                            \
    do {                                                                                           \
        printf("SKIP: " __VA_ARGS__);                                                              \
        putchar('\n');                                                                             \
        skip();                                                                                    \
    } while (0)

/* Fails unless `text` has `part` in it. The second fails if it has. */
#define assert_contains(text, part)                                                                \
    do {                                                                                           \
        if (!check_contains(text, part, 1))                                                        \
            fail_msg("no \"%s\" in this", part);                                                   \
    } while (0)
#define assert_lacks(text, part)                                                                   \
    do {                                                                                           \
        if (!check_contains(text, part, 0))                                                        \
            fail_msg("a \"%s\" in this", part);                                                    \
    } while (0)
int check_contains(const char *text, const char *part, int wanted);

/* Sets errno and returns -1, as a refused system call does; or 0 for error 0. */
int refuse(int error);

/*
 * Gives the value of the call, with errno as the call left it. What it printed on stderr is in
 * `caught`. A function without a value is written (f(), 0).
 */
#define CATCH(call) (catch_begin(), catch_end(call))
extern char caught[1 << 16];
void catch_begin(void);
int catch_end(int value);

/* Runs function() in a child and returns its value. The second does so as an ordinary user. */
int in_child(int (*function)(void));
int as_ordinary_user(int (*function)(void));

/* Root's tests become this ordinary user: the caller of sudo, or else user 1000. */
unsigned ordinary_uid(void);
unsigned ordinary_gid(void);
void become_ordinary_user(void);

/* Lets the system call of this number fail from now on, also in children and after exec. */
void refuse_call(unsigned number, unsigned error);

#endif
