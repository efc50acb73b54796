# A Linux container in five C programs. `make help` lists what can be made.

STEPS := $(sort $(patsubst %/Makefile,%,$(wildcard step*/Makefile)))
STEP = $(words $(STEPS))
# The groups of packages: build, test, lint, vm, docs, translate, slides, page, browser, tutorial, distro,
# debian, fuzz, coverage, bench, arm64, i386, kit.
DEPS = build test

BUILD = build
IMAGE = build/rootfs
TESTS_CC = $(CC)
ifdef SANITIZE
BUILD = build/sanitize
SETTINGS = LINK_MODE= HARDENING= CFLAGS='-O1 -g -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined'
endif
# clang can count in a mapped file (%c). So a process has counted too that leaves by _exit in another
# root, or is killed. All processes of a program share its file (%m).
ifdef COVERAGE
BUILD = build/coverage
SETTINGS = CC=clang PREFIX_MAP= CFLAGS='-O1 -g -fcoverage-mapping -mllvm -runtime-counter-relocation \
	-Wno-unused-command-line-argument \
	-fprofile-instr-generate=$(CURDIR)/$(BUILD)/counts/$$(or $$(PROGRAM),tests)-%m%c.profraw'
endif
# What is made for another kind of machine has a folder of its own. Its tests need libraries besides the
# compiler's, in a folder called sysroot. An x86-64 kernel also runs the programs of i386. Those of
# arm64 run in the machine of `make vm`.
ifneq ($(ARCH),)
OWN := $(patsubst i%86,i386,$(patsubst aarch64,arm64,$(patsubst x86_64,amd64,$(shell uname -m))))
KINDS = $(if $(filter amd64,$(OWN)),amd64 arm64 i386,$(OWN))
$(if $(filter $(subst $() ,-,$(ARCH)),$(KINDS)),,$(error ARCH=$(ARCH) is not one of: $(KINDS)))
ifneq ($(ARCH),$(OWN))
BUILD = build/$(ARCH)
IMAGE = $(BUILD)/rootfs
CC = $(if $(filter i386,$(ARCH)),i686,aarch64)-linux-gnu-gcc
SYSROOT = $(CURDIR)/$(BUILD)/sysroot
TESTS_CC = $(CC) --sysroot=$(SYSROOT) $(LIBRARIES_$(ARCH))
# The tests take these libraries when they run, too: this machine need not have those of i386.
LIBRARIES_i386 = -Wl,--dynamic-linker=$(SYSROOT)/usr/lib/i386-linux-gnu/ld-linux.so.2 \
	-Wl,-rpath=$(SYSROOT)/usr/lib/i386-linux-gnu
SETTINGS = CC='$(CC)'
FOREIGN = $(ARCH)
export ARCH
$(if $(SANITIZE)$(COVERAGE)$(PEERS),$(error SANITIZE, COVERAGE and PEERS do not go with ARCH=$(ARCH)))
CAN_arm64 = vm vm-console vm-test $(if $(VM),attacks)
CURE_arm64 = cannot run ARCH=arm64 here: make vm ARCH=arm64
CAN_i386 = run doctor test fault-test soak $(if $(VM),,attacks)
CURE_i386 = does not know ARCH=i386
CANNOT = $(filter-out all steps $(STEPS) headers deps rootfs tests doctor-program faults-program attack-program \
	bench-tools help diff clean distclean $(CAN_$(ARCH)),$(MAKECMDGOALS))
$(if $(CANNOT),$(error $(firstword $(CANNOT)) $(CURE_$(ARCH))))
endif
endif
MAKEFLAGS += --no-print-directory
ifndef V
MAKEFLAGS += --silent
endif

# `sudo make` makes files in build/ that a user cannot make again: say so at once, in one line. Other
# files in build/ may be root's, since root shells fill images there. But to remove them takes root.
MADE = $(wildcard $(if $(filter clean distclean,$(MAKECMDGOALS)),build/*,\
	$(addprefix build/,obj step0? join exec doctor tests bench sanitize coverage fuzz grade downloads kernels vm arm64 i386)))
OTHERS = $(if $(MADE),find $(MADE) ! -type l ! -uid $$(id -u) ! -writable -print -quit,true)
ifneq ($(filter-out help diff lint format,$(or $(MAKECMDGOALS),all)),)
ifneq ($(shell [ "$$(id -u)" = 0 ] || $(OTHERS)),)
$(error build/ is root's: sudo chown -R "$$(id -un)" build)
endif
endif

# Quotes a text for the shell. Give it $(value NAME): then make does not expand a $ in the text.
define newline


endef
quoted = $(if $(findstring $(newline),$(1)),$(error CMD must be one line: put ; between its commands))'$(subst ','\'',$(1))'

##@ Try it

all: steps ## build the five programs, without network and without root: ARCH=arm64|i386
	ls $(BUILD)/step0? $(BUILD)/join $(BUILD)/exec

steps: $(STEPS)

$(STEPS): headers
	$(MAKE) -C $@ BUILD=../$(BUILD) $(SETTINGS)

# When the programs are built, no compiler, no packages and no network are needed.
BUILT = for step in $(STEPS); do $(MAKE) -q -C $$step BUILD=../$(BUILD) $(SETTINGS) || exit 1; done 2>/dev/null

headers:
	($(BUILT)) || { printf '#include <%s>\n' linux/sched.h | $(CC) $(CPPFLAGS) -E - && \
		echo '#include <seccomp.h>' | $(HOSTCC) $(HOSTCFLAGS) -E -; } >/dev/null || \
		{ echo 'The compiler or a header is missing: make deps$(FOREIGN:%= DEPS=%)' >&2; false; }

deps: ## install what is needed: DEPS='build test lint vm ...'
	sh common/lab/deps.sh $(DEPS)

rootfs: ## make the image, build/rootfs: BUSYBOX=FILE
	sh common/lab/rootfs.sh $(IMAGE)

PROGRAM = $(firstword $(subst -, ,$(filter step0$(STEP)-%,$(STEPS))))

run: ## packages, build, image, a shell inside: STEP=3 CMD='ls /'
	$(if $(PROGRAM),,$(error there is no STEP=$(STEP): the steps are 1 to $(words $(STEPS))))
	($(BUILT)) || sh common/lab/deps.sh build $(FOREIGN)
	$(MAKE) steps rootfs
	sh common/lab/run.sh $(BUILD)/$(PROGRAM) $(IMAGE) \
		$(if $(value CMD),/bin/sh -c $(call quoted,$(value CMD)))

doctor-program:
	$(MAKE) -C tests/doctor BUILD=../../$(BUILD) $(SETTINGS)

doctor: doctor-program ## tell which steps run here, and the cure for each lack
	$(BUILD)/doctor || [ $$? -eq 1 ] # a missing thing is an answer, and no failure

apparmor: ## let users have namespaces on Ubuntu (AppArmor): REMOVE=1
	mkdir -p build
	sh common/lab/apparmor.sh build $(if $(REMOVE),remove)

vm: ## the tutorial's throwaway VM: KERNEL=VERSION CGROUP=v2 MEMORY=512M ACCEL=auto SHARE=DIR CMD= ARCH=arm64
	($(BUILT)) || sh common/lab/deps.sh build $(FOREIGN)
	sh common/lab/deps.sh vm
	$(MAKE) steps rootfs doctor-program
	CMD=$(call quoted,$(value CMD)) sh common/lab/vm.sh

vm-console: ## a second terminal for the machine of `make vm`
	sh common/lab/vm-console.sh

# Only an x86-64 machine builds for both kinds.
kit: ## all for a room without network in one file, build/kit.tar: programs, ./vm, pages
	[ "$$(uname -m)" = x86_64 ] || { echo 'make kit needs an x86-64 machine' >&2; false; }
	sh common/lab/deps.sh build vm arm64 docs slides kit
	$(MAKE) steps doctor-program slides.html
	$(MAKE) steps doctor-program ARCH=arm64
	sh common/lab/kit.sh '$(CURDIR)/build/kit.tar'

kit-test: kit ## unpack it as a new user without a network, and reach the prompt: WHOLE=1
	sh common/lab/deps.sh test
	WHOLE=$(WHOLE) sh tests/scripts/kit.sh

##@ Learn

diff: ## what a step adds to the one before it: STEP=3
	sh common/lab/diff.sh '$(STEP)'

# STEP has a default, which is not meant here.
CHOSEN_STEP = '$(if $(filter command environment,$(firstword $(origin STEP))),$(STEP))'

exercise: ## a step for you to write, in exercise/: STEP=2
	sh tests/grader/exercise.sh $(CHOSEN_STEP)

grade: ## grade what you wrote: points, what was expected and seen: STEP=2 JSON=1 EXERCISE=DIR
	EXERCISE='$(EXERCISE)' sh tests/grader/grade.sh $(CHOSEN_STEP) $(if $(JSON),--json)

hint: ## the next of three hints for the first test that fails: STEP=2
	EXERCISE='$(EXERCISE)' sh tests/grader/grade.sh $(CHOSEN_STEP) --hint

solution: ## how the project's code differs from yours: STEP=2
	sh tests/grader/solution.sh $(CHOSEN_STEP)

# po4a.cfg has the list of languages. A page leads to those of the other languages, so all are made together.
LANGUAGES = $(shell sed -n 's/^.po4a_langs. *//p' common/docs/po4a.cfg)
TRANSLATED = $(LANGUAGES:%=common/docs/TUTORIAL.%.md)

tutorial.html: ## TUTORIAL.md as a page for a browser, in build/, and its translations: tutorial.pt.html
	sh common/lab/deps.sh docs
	for page in TUTORIAL.md $(TRANSLATED); do \
		sh common/page/html.sh $$page build/$$(basename $$page .md | sed s/TUTORIAL/tutorial/).html || exit 1; \
	done

$(LANGUAGES:%=tutorial.%.html): tutorial.html

tutorial.pdf: ## TUTORIAL.md as a booklet to print, in build/, or a translation: tutorial.pt.pdf
	sh common/lab/deps.sh docs browser
	sh common/page/pdf.sh TUTORIAL.md build/tutorial.pdf

$(LANGUAGES:%=tutorial.%.pdf): tutorial.%.pdf: common/docs/TUTORIAL.%.md
	sh common/lab/deps.sh docs browser
	sh common/page/pdf.sh $< build/$@

slides.html: ## slides of the lesson for a browser, in build/
	sh common/lab/deps.sh docs slides
	sh common/page/slides.sh common/docs/slides.md build/slides.html

lab.html: ## the tutorial beside a machine that runs in the page, in build/
	sh common/lab/deps.sh page
	$(MAKE) steps rootfs ARCH=i386
	sh common/page/lab/lab.sh TUTORIAL.md build/lab.html

$(LANGUAGES:%=lab.%.html): lab.%.html: lab.html
	sh common/page/lab/lab.sh common/docs/TUTORIAL.$*.md build/$@

# STEP has a default, which is not meant here.
ONE_STEP = $(if $(filter command,$(firstword $(origin STEP))),--step $(STEP))
ATTACKS = $(ONE_STEP) $(if $(JSON),--json) $(if $(MARKDOWN),--markdown) $(if $(PEERS),--peers)

# Root can also be an ordinary user here: the one that called sudo, or user 1000, as in the tests.
ORDINARY = $(if $(filter user,$(WHO)),setpriv --reuid $${SUDO_UID:-1000} --regid $${SUDO_GID:-1000} --clear-groups)

attacks: ## every attack on every step, as a table: MARKDOWN=1 JSON=1 PEERS=1 STEP=5 WHO=user ARCH=i386, VM=1 for the dangerous too
	sh common/lab/deps.sh build test $(if $(VM),vm) $(FOREIGN)
	$(MAKE) steps rootfs
	$(MAKE) attack-program
	$(if $(PEERS),sh tests/attacks/share.sh build/obj/peers)
ifdef VM
	form=; [ ! -t 1 ] || form=--text; \
	DISK=test MEMORY=1G TIMEOUT=7200 SHARE='$(if $(PEERS),build/obj/peers)' \
		CMD="sh tests/attacks/vm.sh $$form $(ATTACKS)" sh common/lab/vm.sh
else
	start=$$(date +%s); BUILD=$(BUILD) $(ORDINARY) sh tests/attacks/run.sh $(ATTACKS) || exit; \
		echo "This took $$(($$(date +%s) - start)) s." >&2
endif

attack-program: sysroot
	$(MAKE) -C tests/attacks BUILD=../../$(BUILD) $(SETTINGS)

ablation: ## which attacks work again when step05 lacks one guard: VM=1
	sh common/lab/deps.sh build test $(if $(VM),vm)
	$(MAKE) steps rootfs
	$(MAKE) attack-program
	sh tests/attacks/ablation.sh build
	$(if $(VM),DISK=test MEMORY=1G TIMEOUT=10800 SHARE=build/obj/ablation \
		CMD='sh tests/attacks/vm.sh ablation' sh common/lab/vm.sh,sh tests/attacks/ablation.sh run)

##@ Check

# The tests of the scripts are of this machine, and of no other kind.
CHOSEN_TESTS = $(or $(value ONLY),$(FOREIGN:%=unit/ steps/))

test: ## packages, build, image, all tests: ONLY=overlay SANITIZE=1 ARCH=i386
	sh common/lab/deps.sh build test $(FOREIGN)
	echo 'building the programs and their tests'
	$(MAKE) steps rootfs tests
	BUILD=$(BUILD) ONLY=$(call quoted,$(CHOSEN_TESTS)) sh tests/run.sh

tests: sysroot doctor-program faults-program bench-tools
	$(MAKE) -C $@ BUILD=../$(BUILD) $(SETTINGS) $(FOREIGN:%=CC='$(TESTS_CC)')

sysroot:
	$(if $(FOREIGN),sh common/lab/sysroot.sh >/dev/null)

FAULTS = $(if $(WHOLE),1,$(or $(EVERY),25))

# Without SETTINGS: the sanitizers' check for leaks does not work in a process that is traced.
faults-program: sysroot
	$(MAKE) -C tests/faults BUILD=../../$(BUILD) $(FOREIGN:%=CC='$(TESTS_CC)')

fault-test: ## let system calls fail, send signals: WHOLE=1 SEED=1 PEERS=1 ONLY='step05 user'
	sh common/lab/deps.sh build $(FOREIGN)
	$(MAKE) steps faults-program
	$(BUILD)/tests/faults/faults -b $(BUILD) -e $(FAULTS) $(if $(SEED),-s $(SEED)) \
		$(if $(PEERS),-p) $(if $(value ONLY),-o $(call quoted,$(value ONLY)))

soak: ## containers in a row, at once, killed, out of memory; what stays, what slows: WHOLE=1 SEED=1
	sh common/lab/deps.sh build $(FOREIGN)
	$(MAKE) steps rootfs
	BUILD=$(BUILD) SEED=$(SEED) sh tests/faults/soak.sh $(if $(WHOLE),,sample)

# Without SETTINGS: what the sanitizers cost is no time of a container.
bench-tools: sysroot
	$(MAKE) -C tests/bench BUILD=../../$(BUILD) $(FOREIGN:%=CC='$(TESTS_CC)')

bench-programs:
	sh common/lab/deps.sh build bench
	$(MAKE) steps rootfs bench-tools

bench: bench-programs ## the time of a container, beside the kernel's own and other tools: ROUNDS=20 SAMPLE=1 SVG=FILE
	BUILD=$(BUILD) ROUNDS=$(ROUNDS) SVG='$(SVG)' sh tests/bench/run.sh $(if $(SAMPLE),sample)

bench-trace: bench-programs ## where the time goes, by phase: RUNS=20 PROGRAMS='step05 floor5' BEFORE=FILE
	BUILD=$(BUILD) RUNS=$(RUNS) PROGRAMS='$(PROGRAMS)' BEFORE='$(BEFORE)' sh tests/bench/trace.sh

bench-scale: bench-programs ## many containers: COUNTS='1 10 100 1000' AT_ONCE='1 2 16' BESIDE='0 100 1000'
	BUILD=$(BUILD) COUNTS='$(COUNTS)' AT_ONCE='$(AT_ONCE)' BESIDE='$(BESIDE)' PROGRAMS='$(PROGRAMS)' \
		sh tests/bench/scale.sh

vm-test: ## all tests, on other kernels and cgroup layouts, and some on arm64: ARCH=arm64 for all there
	sh common/lab/deps.sh build test vm $(if $(findstring arm64,$(or $(RUNS),$(CELLS),arm64)),arm64,$(FOREIGN))
	$(MAKE) steps rootfs tests
	sh common/lab/vm-test.sh

grader-test: ## that the grader finds each wrong answer, and its hint fits: WHOLE=1 for 20 times each, ONLY=step02
	sh tests/grader/prove.sh $(if $(WHOLE),20,$(if $(value ONLY),1,0)) $(call quoted,$(value ONLY))

fuzz: ## look for texts that break what reads them, by clang: ONLY=limit TIME=5
	sh common/lab/deps.sh build fuzz
	$(MAKE) -C tests/fuzz BUILD=../../build/fuzz
	ONLY=$(call quoted,$(value ONLY)) sh tests/fuzz/run.sh build/fuzz $(TIME)

coverage: ## which lines of the step code no test runs, by clang
	sh common/lab/deps.sh build test coverage
	echo 'building the programs and their tests'
	$(MAKE) steps rootfs tests COVERAGE=1
	sh tests/coverage/run.sh build/coverage

distro-test: ## the README's commands on a new Debian or Ubuntu: DISTRO=bookworm|trixie|jammy|noble
	sh common/lab/deps.sh distro vm
	sh tests/distro/run.sh '$(or $(DISTRO),bookworm)'

debian-test: ## PostgreSQL, nginx, apt-get, ... of a Debian in step05: WHO=user ONLY=redis
	sh common/lab/deps.sh build debian
	$(MAKE) steps
	WHO='$(WHO)' ONLY=$(call quoted,$(value ONLY)) sh tests/debian/run.sh

tutorial-test: ## type the tutorial's commands in a VM, compare answers
	sh common/lab/deps.sh build vm tutorial
	$(MAKE) steps rootfs doctor-program
	expect tests/tutorial/check.exp
	for page in $(TRANSLATED); do awk -f common/docs/boxes.awk TUTORIAL.md $$page || exit 1; done
	sh common/lab/vm-image.sh lesson >/dev/null
	expect tests/tutorial/run.exp TUTORIAL.md

tutorial-mutations: ## after tutorial-test: that it finds each change in a page
	sh common/lab/deps.sh tutorial
	expect tests/tutorial/mutate.exp TUTORIAL.md

tutorial-html-check: tutorial.html tutorial.pdf slides-check acts-check ## look at both with a browser: four widths, light, dark, paper
	sh common/lab/deps.sh browser
	sh common/page/check.sh TUTORIAL.md build/tutorial.html build/tutorial.pdf
	for language in $(LANGUAGES); do \
		sh common/page/check.sh TUTORIAL.md build/tutorial.$$language.html || exit 1; \
	done

acts-check: steps rootfs ## that the pictures of the page know each line that -x prints
	sh common/lab/deps.sh browser
	sh common/page/acts-check.sh build build/rootfs

slides-check: slides.html ## look at the slides with a browser, at two sizes
	sh common/lab/deps.sh browser
	sh common/page/slides-check.sh common/docs/slides.md build/slides.html

lab-check: lab.html ## type the boxes of chapters 3 to 7 in build/lab.html, look at it with a browser: CHAPTERS='3 4'
	sh common/lab/deps.sh browser tutorial
	sh common/page/lab/check.sh TUTORIAL.md build/lab.html $(CHAPTERS)

lab-attacks: lab.html ## every attack on step05 in build/lab.html, as root and as student: ROWS='1 22'
	sh common/lab/deps.sh browser
	$(MAKE) attack-program ARCH=i386
	sh common/page/lab/attacks.sh build/lab.html $(ROWS)

##@ Maintain

PAGES = TUTORIAL.md README.md CONTRIBUTING.md CHANGELOG.md tests/README.md common/docs/room.md \
	common/docs/slides.md common/docs/teaching.md
VERSION = $(shell sed -n 's/^.define VERSION "\(.*\)"/\1/p' common/version.h)

docs: steps ## make the excerpts, usage texts and tables of the pages, and the translations
	awk -f tests/bench/chart.awk common/docs/bench.txt >common/docs/pictures/bench.svg
	sh common/docs/docs.sh $(PAGES)
	sh common/docs/translate.sh

docs-check: steps ## tell what `make docs` would change, what is not translated, and dead links
	sh common/docs/docs.sh --check $(PAGES)
	sh common/docs/translate.sh --check
	awk -f tests/bench/chart.awk common/docs/bench.txt | cmp - common/docs/pictures/bench.svg
	[ "$$(sed -n 's/^## //p' CHANGELOG.md | head -n 1)" = '$(VERSION)' ] || \
		{ echo 'CHANGELOG.md does not begin with $(VERSION), which is in common/version.h' >&2; false; }
	awk -f common/docs/room.awk tests/doctor/*.c step0*/*.c common/*.c common/docs/room.md

# The file is the same on each machine: git gives all files the time of the commit, and gzip notes none.
dist: ## the source of what is committed, as build/containers-VERSION.tar.gz
	mkdir -p build
	git -c tar.umask=0022 archive --prefix=containers-$(VERSION)/ -o build/dist.tar HEAD
	gzip -n -9 <build/dist.tar >build/containers-$(VERSION).tar.gz
	rm build/dist.tar
	git diff --quiet HEAD || echo 'dist: it lacks what is not committed here' >&2
	sha256sum build/containers-$(VERSION).tar.gz

C_FILES = $(wildcard common/*.[ch] step*/*.[ch] tests/*/*.[ch])
include common/flags.mk
LINT_FLAGS = $(C_LANGUAGE) -Icommon -Itests/support -Itests/doctor $(STEPS:%=-I%)
SHELL_FILES = .ci/run .ci/whole $(wildcard common/lab/*) \
	$(wildcard common/docs/*.sh common/page/*.sh common/page/*/*.sh tests/*.sh tests/*/*.sh tests/*/*/*.sh)

format: ## format the C files
	clang-format -i $(C_FILES)

lint: ## check the C files and the shell scripts
	clang-format --dry-run -Werror $(C_FILES)
	cppcheck --quiet --error-exitcode=1 --enable=warning,performance --std=c11 \
		$(filter -D% -I%,$(LINT_FLAGS)) $(C_FILES)
	shellcheck --external-sources --source-path=SCRIPTDIR $(SHELL_FILES)
	sh common/lab/includes.sh '$(LINT_FLAGS)' $(filter %.c,$(C_FILES))
	printf '%s\n' $(filter %.c,$(C_FILES)) | \
		xargs -P "$$(nproc)" -I {} clang-tidy --quiet {} -- $(LINT_FLAGS) 2>/dev/null
	sh tests/attacks/rows.sh
	sh tests/attacks/ablation.sh check
	rm -rf build/lint
	$(MAKE) -C step01-chroot BUILD=../build/lint
	sh common/lab/needed.sh build/lint/obj/step01/*.o
	$(MAKE) steps doctor-program
	for program in $(basename $(subst -,.,$(STEPS))) doctor; do \
		sh common/lab/hardened.sh build/$$program build/obj/$$program || exit 1; \
	done
	sh common/lab/hardened.sh build/join build/obj/step03
	sh common/lab/hardened.sh build/exec build/obj/step05

# A group begins with a line of ##@. What would be too long for a line is broken before the settings.
help: ## list what can be made
	awk -F ':.*## ' '/^##@/ { print substr($$0, 5) } \
		/^[a-z.-]+:.*## / { if (length($$2) > 58) sub(/: /, sprintf(":\n%22s", ""), $$2); \
			printf "  %-19s %s\n", $$1, $$2 }' Makefile

OTHER_KINDS = build/arm64 build/i386

clean: ## remove what was built, but not what was downloaded
	rm -rf --one-file-system $(filter-out $(OTHER_KINDS) %/downloads %/kernels,$(wildcard build/* $(OTHER_KINDS:%=%/*)))

distclean: ## remove build/ altogether
	rm -rf --one-file-system build

.PHONY: acts-check attack-program lab-attacks kit kit-test all steps $(STEPS) headers sysroot deps rootfs run test exercise grade hint solution grader-test tests faults-program fault-test soak bench bench-trace bench-scale bench-programs bench-tools fuzz coverage doctor doctor-program apparmor \
	vm vm-console distro-test debian-test vm-test attacks ablation diff \
	docs docs-check dist lab.html $(LANGUAGES:%=lab.%.html) lab-check slides.html tutorial.html tutorial.pdf $(LANGUAGES:%=tutorial.%.html) $(LANGUAGES:%=tutorial.%.pdf) tutorial-html-check slides-check tutorial-test tutorial-mutations \
	format lint help clean distclean
