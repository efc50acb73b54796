# How a step is built. Its Makefile names PROGRAM, MODULES (the concepts it is made of), EARLIER (the
# steps that introduced some of them) and, where needed, LIBRARIES and TOOLS (further programs).

BUILD ?= ../build
OBJECTS = $(BUILD)/obj/$(PROGRAM)
COMMON = report process cli command interpreter file

include ../common/flags.mk
STEP_CFLAGS = $(C_FLAGS) -I. $(EARLIER:%=-I../%) -I../common
LINK_MODE ?= -static
LINK = $(CC) $(CFLAGS) $(LINK_MODE) $(LDFLAGS) -o $@ $^ $(LIBRARIES)

# main.o must come from this folder: a VPATH would take another step's, a vpath for %.c looks here first.
vpath %.c $(EARLIER:%=../%) ../common

all: $(BUILD)/$(PROGRAM) $(TOOLS:%=$(BUILD)/%)

$(BUILD)/$(PROGRAM): $(MODULES:%=$(OBJECTS)/%.o) $(COMMON:%=$(OBJECTS)/%.o) $(OBJECTS)/main.o
	$(LINK)

$(OBJECTS)/%.o: %.c Makefile ../common/step.mk ../common/flags.mk
	@mkdir -p $(@D)
	$(CC) $(STEP_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# A source that has moved since the last build is looked for anew, and no error.
../%.c: ;

clean:
	rm -rf $(OBJECTS) $(BUILD)/$(PROGRAM) $(TOOLS:%=$(BUILD)/%)

.PHONY: all clean

-include $(wildcard $(OBJECTS)/*.d)
