# What runs and is fetched: set-up, the host Linux, and the runner. See scripts/README.md.

# On a RISC-V machine with KVM the PC is the host Linux: nothing is emulated, and nothing cross-compiled.
NATIVE := $(shell [ "$$(uname -m)" = riscv64 ] && [ -w /dev/kvm ] && echo yes)

SETUP_RUN := $(B)/setup-run
SETUP_TEST := $(B)/setup-test
SETUP_KERNEL := $(B)/setup-kernel
SETUP_LINT := $(B)/setup-lint
SETUP_GDB := $(B)/setup-gdb
SETUP_FUZZ := $(B)/setup-fuzz
SETUP_COVERAGE := $(B)/setup-coverage
SETUP_BENCH := $(B)/setup-bench
SETUP_TAGS := $(B)/setup-tags
SETUP_GRADE := $(B)/setup-grade
SETUP_GRADE_CLASS := $(B)/setup-grade-class
SETUP_GROUPS := run test kernel gdb fuzz coverage lint bench tags grade grade-class

# On a RISC-V machine Debian's own tools have these names, too.
CROSS := riscv64-linux-gnu-

# Tests of what there is only with QEMU.
QEMUS_SUITES := host bare programs bench labs other-cpu

ifeq ($(NATIVE),yes)
SYSROOT := /
SYSROOT_READY := $(SETUP_RUN)
QEMUS := run-bare run-linux run-hv host kernel bench bench-accept profile $(QEMUS_SUITES:%=test-%)
$(foreach goal,$(filter $(QEMUS),$(MAKECMDGOALS)),\
	$(error make $(goal): only with QEMU, which emulates and counts; this RISC-V machine has KVM and does without))
else
SYSROOT := $(B)/sysroot
SYSROOT_READY := $(B)/sysroot.ready
KERNEL_LINK := $(B)/kernel$(KERNEL:%=-%)
HOST_READY := $(B)/host/initrd$(KERNEL:%=-%).cpio
HOST_DEBIAN_READY := $(B)/host/initrd-debian.cpio
GDBSERVER_READY := $(B)/gdbserver.ready
endif

# KERNEL=debian is a link and an image beside those of the kernel that is used otherwise.
ifneq ($(filter-out debian,$(KERNEL)),)
$(error KERNEL=$(KERNEL): only debian, or nothing)
endif
export KERNEL COLD NATIVE

# A stamp for each group of packages, so that the next make looks again only when dpkg has changed something.
# SETUP=skip does not look, and leaves no stamp. Every group needs the packages of `run` too.
DPKG_STATUS := $(wildcard /var/lib/dpkg/status)
$(B)/setup-%: scripts/packages scripts/setup $(DPKG_STATUS)
	@SETUP='$(SETUP)' scripts/setup $*
	@[ '$(SETUP)' = skip ] || { mkdir -p $(@D) && touch $@; }
$(patsubst %,$(B)/setup-%,$(filter-out run,$(SETUP_GROUPS))): | $(SETUP_RUN)

# Links into the cache, with a stamp each; a cache that was emptied is filled again.
FETCHED := sysroot kernel kernel-debian peer_qemu gdbserver cbmc u-boot
$(foreach part,$(FETCHED),$(if $(wildcard $(B)/$(part)/.complete),,$(shell rm -f $(B)/$(part).ready)))
$(FETCHED:%=$(B)/%.ready): $(B)/%.ready: scripts/packages scripts/recipes.py scripts/debian.py | $(SETUP_RUN)
	@scripts/fetch $*
	@touch $@
$(B)/kernel.ready: scripts/kernel.config scripts/kernel.patch

$(B)/host/hold $(B)/host/resume $(B)/host/send: $(B)/host/%: scripts/host-%.c | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(TARGET_CC) $(CSTD) $(DUET_CPPFLAGS) -O2 -c $< -o $@.o
	$(Q)$(TARGET_LD) -static -s -o $@ $@.o

# The stem is "." or "-debian.": what a kernel is called, its stamp, and the host Linux with it.
$(sort $(HOST_READY) $(HOST_DEBIAN_READY)): $(B)/host/initrd%cpio: scripts/host-image scripts/host-init scripts/lib.py \
		$(B)/host/hold $(B)/host/resume $(B)/kernel%ready | $(B)/host/send
	$(call say,HOST,$@)
	$(Q)scripts/host-image $(B)/kernel$(*:%.=%) $@

# $(call option,--name,VARIABLE): the option with the variable's value, quoted and unexpanded, if it is set.
option = $(if $(value $(2)),$(1)='$(subst ','\'',$(value $(2)))')

RUN_OPTIONS = $(call option,--run,RUN) $(call option,--args,ARGS) \
	$(or $(call option,--guest,GUEST),$(if $(filter 1,$(DEBUG)),--guest $(TOYOS_DEBUG))) \
	$(call option,--cpus,CPUS) $(call option,--mem,MEM) $(call option,--disk,DISK) \
	$(call option,--initrd,INITRD) $(call option,--core,CORE) \
	$(if $(filter 1,$(TRACE)),--trace,$(call option,--trace,TRACE)) $(if $(filter 1,$(GDB)),--gdb) \
	$(if $(filter 1,$(STATS)),--stats) $(if $(filter 1,$(BOARD)),--board) $(if $(filter 1,$(V)),--verbose) \
	$(call choice,NOTE,no,--duet-opt=--no-note) $(call choice,SANDBOX,off,--duet-opt=--sandbox=off) \
	$(call choice,PAGES,2M,--huge-pages)

# $(call choice,VARIABLE,VALUE,OPTION): the option if the variable has this value, which is the only one.
choice = $(if $($(1)),$(if $(filter-out $(2),$($(1))),$(error $(1)=$($(1)): $(2), or nothing),$(3)))

# Linux as the guest: the very kernel of the host Linux, and busybox.
LINUX_INITRD := $(B)/linux/initrd$(KERNEL:%=-%).cpio
$(LINUX_INITRD): scripts/linux-image scripts/linux-init scripts/lib.py $(KERNEL_LINK).ready | $(SYSROOT_READY)
	$(call say,LINUX,$@)
	$(Q)scripts/linux-image $(KERNEL_LINK) $@

.PHONY: run run-linux run-bare shell gdb gdb-vmm gdb-back host kernel setup doctor

run: duet $(if $(GUEST),,toyos) $(HOST_READY) ## start toyos under duet: on a terminal its shell, with RUN one command
	@scripts/run $(RUN_OPTIONS)

run-linux: duet $(HOST_READY) $(LINUX_INITRD) ## start Linux under duet, the host's own kernel, with a shell
	@scripts/run --board --guest $(KERNEL_LINK)/Image --initrd $(LINUX_INITRD) $(call option,--cpus,CPUS) \
		--mem $(or $(MEM),256M) --args 'console=ttyS0 quiet $(ARGS)' $(call option,--disk,DISK) \
		$(if $(filter 1,$(TRACE)),--trace,$(call option,--trace,TRACE)) $(if $(filter 1,$(STATS)),--stats) \
		$(if $(filter 1,$(V)),--verbose)

run-bare: toyos | $(SETUP_RUN) ## start toyos on the firmware alone, without duet
	@scripts/run --bare $(RUN_OPTIONS) $(call option,--record,RECORD)

gdb-back: | $(SETUP_RUN) $(SETUP_GDB) ## debug a recording of run-bare (RECORD=FOLDER), backwards too: REPLAY=FOLDER
	@scripts/run --back '$(or $(REPLAY),$(error REPLAY is missing: make run-bare RECORD=FOLDER, then make gdb-back REPLAY=FOLDER))'

shell: duet toyos $(HOST_READY) ## a shell in the host Linux, with duet and toyos at hand
	@scripts/run --shell $(RUN_OPTIONS)

gdb: $(if $(CORE),,duet toyos $(HOST_READY)) | $(SETUP_GDB) ## debug toyos: gdb, stopped at the first instruction or at BREAK, or on CORE
	@scripts/run --debug $(RUN_OPTIONS) $(call option,--break,BREAK)

gdb-vmm: duet toyos $(HOST_READY) $(GDBSERVER_READY) | $(SETUP_GDB) ## debug duet itself, with gdb
	@scripts/run --debug-vmm $(RUN_OPTIONS) $(call option,--break,BREAK)

host: $(HOST_READY) ## fetch and build the host Linux that duet runs in

kernel: $(SETUP_RUN) $(SETUP_KERNEL) ## build a host Linux that starts and exits sooner than Debian's: about 10 min
	@scripts/fetch kernel-own
	@touch $(B)/kernel.ready

setup: ## install every Debian package that any target needs
	@SETUP='$(SETUP)' scripts/setup $(SETUP_GROUPS)

doctor: ## check this machine, row by row, up to KVM inside the host Linux
	@scripts/doctor

##
## Knobs, as in: make run RUN='echo hello' CPUS=2
##   RUN='LINE'      toyos runs this line and ends; stdout is its output alone, the exit status its own
##   GUEST=FILE      another guest than toyos: an ELF file, or one C file, which is built
##   ARGS='WORDS'    boot arguments for the guest
##   CPUS=N MEM=SIZE the guest's harts (1) and memory (128M)
##   DISK=FILE[,ro]  a file as the guest's disk: what the guest writes is in the file
##   BOARD=1         also the devices of QEMU's machine virt, for a guest that knows nothing of Duet
##   PROGRAMS='F.c D' more programs for toyos: C files, or folders of them
##   TRACE=1 STATS=1 have duet trace each exit, count the exits
##   BREAK=PLACE     gdb, gdb-vmm: go on until there
##   CORE=FILE       run: if the guest dies, its registers and memory are kept there; gdb: look at them
##   RECORD=FOLDER   run-bare: record the session, for make gdb-back REPLAY=FOLDER
##   V=1             show commands, and firmware and kernel messages
##+  TRACE=FILE      the trace to this file; FILE.json is for ui.perfetto.dev or chrome://tracing
##+  GDB=1           run: the guest waits for `make gdb` in another terminal
##+  DEBUG=1         toyos's debug build, which checks its use of locks
##+  INITRD=FILE     a file as the guest's RAM disk: what the guest writes is lost
##+  NOTE=no         take a guest without Duet's ABI note, which does without hypercalls, or has others
##+  PAGES=2M        the guest's memory in pages of 2 MiB, reserved in the host Linux; as with BOARD=1
##+  SANDBOX=off     duet without its sandbox, to debug duet
##+  KERNEL=debian   Debian's kernel as the host Linux, though `make kernel` has built one
##+  COLD=1          boot the host Linux, though one that has booted is saved
##+  PEERS=qemu      bench: QEMU beside duet; BOOTS=N: so many boots (3); COMPARE=FILE: an older bench.json
##+  WHAT=start      profile: of duet's start; restore: with a saved guest; doorbell, disk, uart: of these; else of a round trip
##+  SECONDS=N       fuzz: for each target (60); CASES='gdb disk': only these; test-soak: in all
##+  SEED=N          test-guest, test-asan: what the hostile guests' random numbers begin with
##+  ROUNDS=20 LOAD=2 test-labs: so many seeds for each solution, with so many programs that compute beside
##+  SETUP=no        only name missing Debian packages; SETUP=skip: do not look
##+  COMPILER=NAME   the compiler of what runs on the PC: gcc or clang
##+  B=FOLDER        build there, and not in build
