#compdef duet
# zsh's completion of duet's command line. tests/make/run holds the options to those of duet --help.
# What follows the guest are the guest's own words: nothing is known of them.
_arguments -S -A '-*' \
	'--board[also offer the devices of QEMU virt]' \
	'(-c --cpus)'{-c+,--cpus=}'[number of virtual CPUs]:number, 1 to 16: ' \
	'*'{-d+,--disk=}'[a disk for the guest]:file or block device:_files' \
	'--gdb=-[wait for gdb]::socket, device or \:PORT:_files' \
	'(- *)--hypercalls[print the table of hypercalls]' \
	'--initrd=[initial RAM disk]:file:_files' \
	'--log=[show the log of the guest up to this level]:level:(error warn info debug)' \
	'(-m --memory)'{-m+,--memory=}'[memory of the guest]:size, such as 128M: ' \
	'--no-note[take a guest without the ABI note]' \
	'--sandbox=[keep all rights, or none]:switch:(on off)' \
	'--stats[say at the end what the guest did]' \
	'(-t --trace)'{-t-,--trace=-}'[say what each exit was]::file:_files' \
	'(- *)'{-\?,--help}'[list the options]' \
	'(- *)--usage[list the options in short]' \
	'(- *)'{-V,--version}'[print the version]' \
	'1:guest, an ELF file:_files' \
	'*:boot argument: '
