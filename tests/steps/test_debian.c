/*
 * Programs of a whole Debian run in step05, with its filter and its few capabilities.
 *
 * The root file system is CONTAINER_DEBIAN, such as a folder made by debootstrap. If that is not
 * set, it is the machine's own: an overlay keeps all writes away from it.
 */
#include "full.h"

#include <stdlib.h>

static const char *debian(void)
{
    const char *chosen = getenv("CONTAINER_DEBIAN");
    return chosen ? chosen : "/";
}

static void need(const char *program)
{
    static const char *const folders[] = {"usr/bin", "usr/sbin", "usr/games"};

    if (!exists(path_in(debian(), "etc/debian_version")))
        check_skip("this is no Debian");
    if (!getenv("CONTAINER_DEBIAN"))
        need_programs_of_this_kind();
    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
        if (exists(path_in(path_in(debian(), folders[i]), program)))
            return;
    check_skip("no %s in %s", program, debian());
}

static void assert_works(const char *program, const char *script, const char *wanted)
{
    need(program);
    if (run("step05", debian(), "sh", "-ec", script) != 0)
        fail_msg("%s: %s", program, err);
    assert_contains(out, wanted);
}

static void dpkg_installs_a_package(void **state)
{
    assert_works(
        "dpkg-deb",
        "cd $(mktemp -d); mkdir -p p/DEBIAN p/usr/bin; echo echo works >p/usr/bin/works;"
        "chmod +x p/usr/bin/works; chown 1:1 p/usr/bin/works;"
        "printf 'Package: works\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@b>\\n"
        "Description: a test\\n' >p/DEBIAN/control;"
        "dpkg-deb -b p p.deb; dpkg -i p.deb; works; dpkg -r works; [ ! -e /usr/bin/works ]",
        "\nworks\n");
}

static void apt_knows_what_is_installed(void **state)
{
    assert_works("apt-get", "apt-get check; apt-get -s install --reinstall dpkg; echo do''ne",
                 "done\n");
}

static void python_has_threads_processes_and_sockets(void **state)
{
    assert_works("python3",
                 "python3 -c '\n"
                 "import os, socket, subprocess, tempfile, threading\n"
                 "t = threading.Thread(target=print, args=[\"thread\"], kwargs={\"flush\": True}); "
                 "t.start(); t.join()\n"
                 "if os.fork() == 0: print(\"process\", flush=True); os._exit(0)\n"
                 "os.wait()\n"
                 "s = socket.create_server((\"127.0.0.1\", 0))\n"
                 "c = socket.create_connection(s.getsockname()); c.send(b\"x\")\n"
                 "assert s.accept()[0].recv(1) == b\"x\"\n"
                 "print(subprocess.check_output([\"echo\", \"sub\"]), tempfile.mkdtemp() > \"\")'",
                 "thread\nprocess\nb'sub\\n' True\n");
}

static void perl_forks_and_reads_a_pipe(void **state)
{
    assert_works("perl",
                 "perl -e 'open my $f, \"-|\", \"echo piped\"; print <$f>; print getpwuid($<)'",
                 "piped\nroot");
}

static void gcc_makes_a_program(void **state)
{
    assert_works(
        "gcc",
        "cd $(mktemp -d); echo 'int puts(const char *); int main(void) { puts(\"made\"); }' >a.c;"
        "gcc -O2 -o a a.c; ./a",
        "made\n");
}

static void git_commits_and_clones(void **state)
{
    assert_works("git",
                 "cd $(mktemp -d); git init -q a; cd a; echo text >file; git add file;"
                 "git -c user.name=a -c user.email=a@b commit -q -m first;"
                 "git clone -q . ../b; cat ../b/file; git log --oneline",
                 "text\n");
}

static void sqlite_keeps_a_table(void **state)
{
    assert_works("sqlite3",
                 "cd $(mktemp -d); sqlite3 db 'pragma journal_mode=wal; create table t(n); insert "
                 "into t values(6*7)';"
                 "sqlite3 db 'select n from t'",
                 "42\n");
}

static void redis_answers(void **state)
{
    assert_works(
        "redis-server",
        "cd $(mktemp -d); redis-server --port 0 --unixsocket $PWD/s --save '' >/dev/null & "
        "for i in 1 2 3 4 5 6 7 8 9; do redis-cli -s $PWD/s ping && break; sleep 0.2; done",
        "PONG\n");
}

static void nginx_accepts_its_configuration(void **state)
{
    assert_works("nginx", "nginx -t 2>&1", "test is successful");
}

static void stress_ng_finds_what_it_needs(void **state)
{
    assert_works(
        "stress-ng",
        "cd $(mktemp -d); stress-ng --cpu 1 --vm 1 --vm-bytes 16M --fork 1 --pipe 1 --timer 1 "
        "--futex 1 --timeout 1s 2>&1",
        "successful run");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_ROOT(dpkg_installs_a_package),
        AS_ROOT(apt_knows_what_is_installed),
        AS_ROOT(python_has_threads_processes_and_sockets),
        AS_ROOT(perl_forks_and_reads_a_pipe),
        AS_ROOT(gcc_makes_a_program),
        AS_ROOT(git_commits_and_clones),
        AS_ROOT(sqlite_keeps_a_table),
        AS_ROOT(redis_answers),
        AS_ROOT(nginx_accepts_its_configuration),
        AS_ROOT(stress_ng_finds_what_it_needs),
    };
    return check_run(tests);
}
