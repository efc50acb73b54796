# Builds a step. Its Makefile sets PROGRAM, MODULES (its concepts), EARLIER (the earlier steps that
# introduced some of them) and, where needed, TOOLS (more programs).

BUILD ?= ../build
OBJECTS = $(BUILD)/obj/$(PROGRAM)
COMMON = report signals parcel gate process room privilege cli command interpreter file

include ../common/flags.mk
STEP_CFLAGS = $(C_FLAGS) $(HARDENING) -I. $(EARLIER:%=-I../%) -I../common
LINK = $(CC) $(CFLAGS) $(LINK_MODE) $(LDFLAGS) -o $@ $^

# main.o must come from this folder. VPATH would take another step's, vpath for %.c looks here.
vpath %.c $(EARLIER:%=../%) ../common

all: $(BUILD)/$(PROGRAM) $(TOOLS:%=$(BUILD)/%)

$(BUILD)/$(PROGRAM): $(MODULES:%=$(OBJECTS)/%.o) $(COMMON:%=$(OBJECTS)/%.o) $(OBJECTS)/main.o
	$(LINK)

$(OBJECTS)/%.o: %.c Makefile ../common/step.mk ../common/flags.mk
	@mkdir -p $(@D)
	$(CC) $(STEP_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# When a source has moved since the last build, make looks for it again, and reports no error.
../%.c: ;

clean:
	rm -rf $(OBJECTS) $(BUILD)/$(PROGRAM) $(TOOLS:%=$(BUILD)/%)

.PHONY: all clean

-include $(wildcard $(OBJECTS)/*.d)
