# What is installed, and a release's archive. How a release is made: .github/CONTRIBUTING.md.

PREFIX ?= /usr/local
RELEASE := $(B)/release
VERSION = $(shell sed -n 's/^\#define DUET_VERSION "\(.*\)"$$/\1/p' vmm/version.h)
RELEASE_NAME = duet-$(VERSION)-riscv64
RELEASE_DATE = $(shell sed -n 's/^\#\# $(VERSION), \(.*\)/\1/p' .github/CHANGELOG.md)

# Without debug information, and without the build's id, a hash of it too: it holds the names of the builder's folders.
$(RELEASE)/duet: $(DUET) scripts/install/rules.mk
	@mkdir -p $(@D)
	$(call say,STRIP,$@)
	$(Q)$(CROSS)strip --remove-section=.note.gnu.build-id -o $@ $<

# Its symbols stay: a backtrace names functions by them.
$(RELEASE)/toyos.elf: $(T)/toyos.elf scripts/install/rules.mk
	@mkdir -p $(@D)
	$(call say,STRIP,$@)
	$(Q)$(CROSS)strip --strip-debug -o $@ $<

# $(call install_into,FOLDER)
define install_into
install -D -m 755 $(RELEASE)/duet $(1)/bin/duet && \
install -D -m 644 scripts/install/duet.1 $(1)/share/man/man1/duet.1 && \
install -D -m 644 scripts/install/duet.bash $(1)/share/bash-completion/completions/duet && \
install -D -m 644 scripts/install/duet.zsh $(1)/share/zsh/site-functions/_duet
endef

.PHONY: install release pictures
install: $(RELEASE)/duet ## install duet, its manual and completions below PREFIX (/usr/local), in DESTDIR
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(if $(DESTDIR)$(filter riscv64,$(shell uname -m)),,@echo 'duet is for RISC-V: this machine cannot run it' >&2)
	$(Q)$(call install_into,'$(subst ','\'',$(DESTDIR)$(PREFIX))')

# The same bytes from the same sources, on every machine with the same compiler.
release: $(RELEASE)/duet $(RELEASE)/toyos.elf ## an archive of what is installed, and toyos: to unpack on a RISC-V machine
	$(if $(RELEASE_DATE),,$(error .github/CHANGELOG.md: no heading `## $(VERSION), DATE`))
	$(Q)rm -rf $(RELEASE)/$(RELEASE_NAME)
	$(Q)$(call install_into,$(RELEASE)/$(RELEASE_NAME))
	$(Q)install -D -m 644 $(RELEASE)/toyos.elf $(RELEASE)/$(RELEASE_NAME)/share/duet/toyos.elf
	$(Q)install -D -m 644 -t $(RELEASE)/$(RELEASE_NAME)/share/doc/duet LICENSE .github/CHANGELOG.md
	$(call say,TAR,$(RELEASE)/$(RELEASE_NAME).tar.gz)
	$(Q)LC_ALL=C tar --format=ustar --sort=name --owner=0 --group=0 --numeric-owner \
		--mtime='$(RELEASE_DATE) 00:00Z' -C $(RELEASE) -cf $(RELEASE)/$(RELEASE_NAME).tar $(RELEASE_NAME)
	$(Q)gzip -9nf $(RELEASE)/$(RELEASE_NAME).tar

pictures: duet toyos $(B)/guest/access_no_handler.elf $(BENCH_PARTS) $(HOST_READY) ## draw the README's pictures anew, from real runs
	@scripts/pictures $(B) .github/pictures
