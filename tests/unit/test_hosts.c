#include "check.h"
#include "files.h"
#include "hosts.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *folder;
static int write_error, openat2_error;

ssize_t __real_write(int fd, const void *text, size_t size);
ssize_t __wrap_write(int fd, const void *text, size_t size)
{
    return write_error ? refuse(write_error) : __real_write(fd, text, size);
}

long __real_syscall(long number, long a, long b, long c, long d);
long __wrap_syscall(long number, long a, long b, long c, long d)
{
    return openat2_error ? refuse(openat2_error) : __real_syscall(number, a, b, c, d);
}

static void begin(const char *script)
{
    shell("rm -rf '%s'/* && cd '%s' && mkdir etc && { %s; }", folder, folder, script);
}

static const char *hosts_after(const char *script)
{
    begin(script);
    if (CATCH(hosts_add(folder, "web")) != 0 || *caught)
        fail_msg("%s: %s", script, caught);
    return read_file(path_in(folder, "etc/hosts"));
}

static void the_name_gets_a_line(void **state)
{
    assert_string_equal(hosts_after("echo '127.0.0.1 localhost' >etc/hosts"),
                        "127.0.0.1 localhost\n127.0.0.1 web\n");
    assert_string_equal(read_file(path_in(folder, "etc/hostname")), "web\n");
    assert_string_equal(hosts_after("printf '1.2.3.4 a' >etc/hosts"), "1.2.3.4 a\n127.0.0.1 web\n");
    assert_string_equal(hosts_after(": >etc/hosts"), "127.0.0.1 web\n");
    assert_string_equal(hosts_after("printf '#1 web\n1.2.3.4 a # web\nweb b webs\n' >etc/hosts"),
                        "#1 web\n1.2.3.4 a # web\nweb b webs\n127.0.0.1 web\n");
}

/* Typed in the container, the lines give the same files. */
static void explain_shows_each_line_that_is_added(void **state)
{
    static const char *const scripts[][2] = {
        {"echo a >etc/hosts", ""},
        {"printf a >etc/hosts", "container+ echo '' >> /etc/hosts\n"},
        {"rmdir etc", "container+ mkdir /etc\n"
                      "container+ echo '127.0.0.1 localhost' >> /etc/hosts\n"
                      "container+ echo '::1 localhost' >> /etc/hosts\n"},
    };
    char wanted[512];

    explain_on();
    explain_in_child();
    for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
        begin(scripts[i][0]);
        assert_int_equal(CATCH(hosts_add(folder, "web")), 0);
        snprintf(wanted, sizeof(wanted),
                 "%scontainer+ echo '127.0.0.1 web' >> /etc/hosts\n"
                 "container+ echo web >> /etc/hostname\n",
                 scripts[i][1]);
        assert_string_equal(caught, wanted);
    }
}

static void what_is_missing_is_made(void **state)
{
    struct stat status;

    umask(077);
    const char *text = hosts_after("rmdir etc");
    umask(022);
    assert_string_equal(text, "127.0.0.1 localhost\n::1 localhost\n127.0.0.1 web\n");
    assert_int_equal(stat(path_in(folder, "etc/hosts"), &status), 0);
    assert_int_equal(status.st_mode, S_IFREG | 0644);
    assert_int_equal(stat(path_in(folder, "etc"), &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0755);
    assert_int_equal(stat(path_in(folder, "etc/hostname"), &status), 0);
    assert_int_equal(status.st_mode, S_IFREG | 0644);
}

static void the_images_own_lines_stay(void **state)
{
    assert_string_equal(
        hosts_after("printf '10.0.0.1\tb  WEB\n' >etc/hosts; echo img >etc/hostname"),
        "10.0.0.1\tb  WEB\n");
    assert_string_equal(read_file(path_in(folder, "etc/hostname")), "img\n");
}

static void a_link_leads_to_a_place_below_the_root(void **state)
{
    hosts_after("mkdir run && echo '1.2.3.4 a' >run/hosts && ln -s ../../../run/hosts etc/hosts");
    assert_string_equal(read_file(path_in(folder, "run/hosts")), "1.2.3.4 a\n127.0.0.1 web\n");
    hosts_after("mkdir -p usr/etc && rmdir etc && ln -s /usr/etc etc");
    assert_true(exists(path_in(folder, "usr/etc/hosts")));
}

/* None of them is waited for, written, or changed. */
static void what_is_no_plain_file_is_left_alone(void **state)
{
    static const char *const scripts[] = {
        "mkfifo etc/hosts etc/hostname",
        "mkdir etc/hosts etc/hostname",
        "ln -s hosts etc/hosts; ln -s nothing etc/hostname",
        "ln -s /proc/sys/kernel/core_pattern etc/hosts",
        "ln -s /dev/null etc/hosts",
        "rmdir etc && touch etc",
        "rmdir etc && ln -s nothing etc",
        "truncate -s 1000000 etc/hosts",
    };

    for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
        begin(scripts[i]);
        shell("ls -lRn '%s' >'%s.before'", folder, folder);
        if (CATCH(hosts_add(folder, "web")) != 0 || *caught)
            fail_msg("%s: %s", scripts[i], caught);
        /* The files differ by a new hostname at most. */
        shell("ls -lRn '%s' >'%s.after'; diff '%s.before' '%s.after' | grep '^[<>]' | "
              "grep -Ev 'hostname|total| etc$' >'%s.diff'; rm '%s.before' '%s.after'; "
              "! [ -s '%s.diff' ] || { cat '%s.diff'; exit 1; }; rm '%s.diff'",
              folder, folder, folder, folder, folder, folder, folder, folder, folder, folder);
    }
}

static void an_image_that_does_not_let_us_is_left_alone(void **state)
{
    static const int errors[] = {EOVERFLOW, EROFS, EACCES, EPERM, ELOOP, EXDEV};

    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        begin("echo a >etc/hosts");
        openat2_error = errors[i];
        int result = CATCH(hosts_add(folder, "web"));
        openat2_error = 0;
        assert_int_equal(result, 0);
        assert_string_equal(caught, "");
        assert_string_equal(read_file(path_in(folder, "etc/hosts")), "a\n");
    }
}

static void any_other_failure_is_reported(void **state)
{
    begin("echo a >etc/hosts");
    openat2_error = EIO;
    assert_int_equal(CATCH(hosts_add(folder, "web")), -1);
    openat2_error = 0;
    assert_string_equal(caught,
                        "container: write /etc/hosts of the container: EIO (Input/output error)\n");
    write_error = ENOSPC;
    int result = hosts_add(folder, "web");
    write_error = 0;
    assert_int_equal(result, -1);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(CATCH(hosts_add(path_in(folder, "nothing"), "web")), -1);
    assert_contains(caught, "/nothing: ENOENT (No such file or directory)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_gets_a_line),
        cmocka_unit_test(what_is_missing_is_made),
        cmocka_unit_test(the_images_own_lines_stay),
        cmocka_unit_test(a_link_leads_to_a_place_below_the_root),
        cmocka_unit_test(what_is_no_plain_file_is_left_alone),
        cmocka_unit_test(an_image_that_does_not_let_us_is_left_alone),
        cmocka_unit_test(any_other_failure_is_reported),
        cmocka_unit_test(explain_shows_each_line_that_is_added), /* last: it stays on */
    };
    folder = new_folder();
    int failed = check_run(tests);
    shell("rm -r '%s'", folder);
    return failed;
}
