/* Each test runs in a child, which wipes words in its own memory. */
#include "check.h"
#include "privacy.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

static int prctl_error;
static bool no_list;        /* there is no memory for the list of the words */
static int words_left = -1; /* for so many words there is memory */

int __real_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
    return prctl_error ? refuse(prctl_error) : __real_prctl(option, a, b, c, d);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    if (no_list)
        errno = ENOMEM;
    return no_list ? NULL : __real_calloc(count, size);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
    if (words_left == 0)
        errno = ENOMEM;
    return words_left-- == 0 ? NULL : __real_strdup(text);
}

static char memory[] = "/home/me/step05\0--env\0TOKEN=1\0";
static char *words[] = {memory, memory + 16, memory + 22, NULL};

static int copy_and_wipe(void)
{
    char **copy = privacy_copy(words);

    if (!copy || privacy_close() < 0)
        return 1;
    for (size_t i = strlen("step05"); i < sizeof(memory); i++)
        if (memory[i])
            return 2;
    return strcmp(memory, "step05") != 0 || strcmp(copy[0], "/home/me/step05") != 0 ||
           strcmp(copy[1], "--env") != 0 || strcmp(copy[2], "TOKEN=1") != 0 || copy[3];
}

static void all_words_are_wiped_but_the_name_and_the_copy(void **state)
{
    assert_int_equal(in_child(copy_and_wipe), 0);
}

static int wipe_twice(void)
{
    return !privacy_copy(words) || privacy_close() < 0 || privacy_close() < 0 ||
           strcmp(memory, "step05") != 0;
}

static void it_may_be_called_again(void **state)
{
    assert_int_equal(in_child(wipe_twice), 0);
}

static int wipe_none(void)
{
    char *none[] = {NULL};
    char **copy = privacy_copy(none);

    return !copy || copy[0] || privacy_close() < 0;
}

static void a_program_may_have_no_words(void **state)
{
    assert_int_equal(in_child(wipe_none), 0);
}

static int dumpable(void)
{
    return __real_prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

static int close_and_ask(void)
{
    if (__real_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0 || dumpable() != 1 || privacy_close() < 0)
        return 99;
    return dumpable() + in_child(dumpable); /* a child has it too */
}

static void the_process_and_its_children_are_not_dumpable(void **state)
{
    assert_int_equal(in_child(close_and_ask), 0);
}

static void a_refusal_is_reported(void **state)
{
    prctl_error = EINVAL;
    assert_int_equal(CATCH(privacy_close()), -1);
    assert_int_equal(errno, EINVAL);
    assert_string_equal(caught, "container: prctl PR_SET_DUMPABLE: EINVAL (Invalid argument)\n");
    prctl_error = 0;
}

static int copy_without_memory(void)
{
    return privacy_copy(words) || errno != ENOMEM || strcmp(words[0], "/home/me/step05") != 0;
}

/* Without a copy there is no container, and the words stay. */
static void without_memory_there_is_no_copy(void **state)
{
    no_list = true;
    assert_int_equal(CATCH(in_child(copy_without_memory)), 0);
    no_list = false;
    assert_string_equal(
        caught, "container: copy the words of this program: ENOMEM (Cannot allocate memory)\n");
    for (words_left = 0; words_left < 3; words_left++) {
        assert_int_equal(CATCH(in_child(copy_without_memory)), 0);
        assert_contains(caught, "copy the words of this program: ENOMEM");
    }
    words_left = -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_words_are_wiped_but_the_name_and_the_copy),
        cmocka_unit_test(it_may_be_called_again),
        cmocka_unit_test(a_program_may_have_no_words),
        cmocka_unit_test(the_process_and_its_children_are_not_dumpable),
        cmocka_unit_test(a_refusal_is_reported),
        cmocka_unit_test(without_memory_there_is_no_copy),
    };
    return check_run(tests);
}
