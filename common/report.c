#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_AGAIN_MS = 200 };

static const char *program = "container";
static bool muted;
static bool explaining;
static const char *childs_name = "container";
static bool in_child;
static bool (*is_in_hurry)(void);

void report_program(const char *name)
{
    program = name;
    childs_name = name;
    /* Each line is one write, so parent and child do not print into each other's lines. */
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
}

void report_safely(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(iscntrl((unsigned char)*text) ? '?' : *text, out);
}

/*
 * Waits until stderr takes a line. A terminal that was stopped by Ctrl-S takes none. But a program
 * that was asked to stop must not wait here: it has work to undo. Then the message is lost.
 */
static bool can_print(void)
{
    struct pollfd entry = {.fd = STDERR_FILENO, .events = POLLOUT};

    while (poll(&entry, 1, LOOK_AGAIN_MS) == 0)
        if (is_in_hurry && is_in_hurry())
            return false;
    return true;
}

static void print_line(const char *mark, const char *format, va_list arguments, const char *end)
{
    static char text[2 * BUFSIZ]; /* not on the stack: its size may be what we report */

    if (muted || !can_print())
        return;
    vsnprintf(text, sizeof(text), format, arguments);
    fprintf(stderr, "%s: %s", program, mark);
    report_safely(stderr, text);
    fprintf(stderr, "%s\n", end);
}

int report_errno(const char *format, ...)
{
    int error = errno;
    const char *symbol = strerrorname_np(error);
    char reason[128];
    va_list arguments;

    snprintf(reason, sizeof(reason), ": %s (%s)", symbol ? symbol : "errno", strerror(error));
    va_start(arguments, format);
    print_line("", format, arguments, reason);
    va_end(arguments);
    errno = error;
    return -1;
}

int report_error(const char *format, ...)
{
    int error = errno;
    va_list arguments;

    va_start(arguments, format);
    print_line("", format, arguments, "");
    va_end(arguments);
    errno = error;
    return -1;
}

void report_hint(const char *format, ...)
{
    int error = errno;
    va_list arguments;

    va_start(arguments, format);
    print_line("hint: ", format, arguments, "");
    va_end(arguments);
    errno = error;
}

void report_note(const char *format, ...)
{
    int error = errno;
    va_list arguments;

    va_start(arguments, format);
    print_line("", format, arguments, "");
    va_end(arguments);
    errno = error;
}

void report_hurry_when(bool (*asked)(void))
{
    is_in_hurry = asked;
}

void report_mute(bool mute)
{
    muted = mute;
}

void explain_on(void)
{
    explaining = true;
}

static void print_quoted(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:=@_";

    if (*word && strspn(word, plain) == strlen(word)) {
        fputs(word, stderr);
        return;
    }
    fputc('\'', stderr);
    for (; *word; word++) {
        if (*word == '\'')
            fputs("'\\'", stderr);
        fputc(iscntrl((unsigned char)*word) ? '?' : *word, stderr);
    }
    fputc('\'', stderr);
}

void explain_name_child(const char *name)
{
    childs_name = name;
}

void explain_in_child(void)
{
    in_child = true;
}

static void print_mark(void)
{
    fprintf(stderr, "%s+", in_child ? childs_name : "");
}

void explain(const char *word, ...)
{
    va_list words;

    if (!explaining || !can_print())
        return;
    print_mark();
    va_start(words, word);
    for (; word; word = va_arg(words, const char *)) {
        fputc(' ', stderr);
        print_quoted(word);
    }
    va_end(words);
    fputc('\n', stderr);
}

void explain_exec(char *const *command)
{
    if (!explaining || !can_print())
        return;
    print_mark();
    fputs(" exec", stderr);
    for (; *command; command++) {
        fputc(' ', stderr);
        print_quoted(*command);
    }
    fputc('\n', stderr);
}

static void print_echo(const char *text, const char *sign, const char *path)
{
    if (!explaining || !can_print())
        return;
    print_mark();
    fputs(" echo ", stderr);
    print_quoted(text);
    fprintf(stderr, " %s ", sign);
    print_quoted(path);
    fputc('\n', stderr);
}

void explain_write(const char *text, const char *path)
{
    print_echo(text, ">", path);
}

void explain_append(const char *text, const char *path)
{
    print_echo(text, ">>", path);
}

void explain_comment(const char *format, ...)
{
    int error = errno;
    char text[BUFSIZ];
    va_list arguments;

    if (!explaining || !can_print())
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fputs("# ", stderr);
    report_safely(stderr, text);
    fputc('\n', stderr);
    errno = error;
}
