# Makes the filters of system calls when a program that loads them is built. A program of the build
# machine prints them as C, for the architecture that CC builds for. Who includes this sets FILTERS,
# the folder for what is made, and STEP05, this folder.

RULES ?= $(STEP05)/syscalls_rules.c
PRINTING = $(STEP05)/syscalls_print.c $(RULES) $(STEP05)/syscalls_i386.c $(STEP05)/../common/report.c

$(FILTERS)/print_filters: $(PRINTING) $(STEP05)/../common/report.h $(STEP05)/filters.mk \
		$(addprefix $(STEP05)/,syscalls.h syscalls_rules.h syscalls_allowed.h \
		syscalls_i386.h syscalls_i386_allowed.h)
	@mkdir -p $(@D)
	$(HOSTCC) $(C_LANGUAGE) $(C_WARNINGS) -I$(STEP05) -I$(STEP05)/../common $(HOSTCFLAGS) \
		-o $@ $(PRINTING) -lseccomp

# The compiler calls its target x86_64-linux-gnu or so, and libseccomp calls i686 x86.
$(FILTERS)/syscalls_filters.c: $(FILTERS)/print_filters
	machine=$$($(CC) $(CFLAGS) -dumpmachine) && case $$machine in i?86-*) machine=x86 ;; esac && \
		$< "$${machine%%-*}" >$@.new && mv $@.new $@

$(FILTERS)/syscalls_filters.o: $(FILTERS)/syscalls_filters.c $(STEP05)/../common/flags.mk
	$(CC) $(C_FLAGS) $(HARDENING) -I$(STEP05) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
