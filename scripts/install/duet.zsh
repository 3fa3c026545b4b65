#compdef duet
# zsh's completion of duet's command line. tests/make/run holds the options to those of duet --help.
# What follows the guest are the guest's own words: nothing is known of them.
local -a duet_commands=(
	'list:show the VMs that run'
	'console:be at the console of one'
	'info:the machine and its harts'
	'stats:what the guest did'
	'walk:the page table entries of an address'
	'balloon:ask for memory of the guest'
	'pause:have all harts stay out of the guest'
	'resume:let them go on'
	'save:save the machine in the file that it has for that'
	'migrate:have it go on in another duet'
	'reset:start the guest again'
	'stop:ask the guest to shut down'
	'quit:end the guest'
)
if (( CURRENT > 2 )) && (( ${duet_commands[(I)$words[2]:*]} )); then
	[[ $CURRENT -eq 3 && $words[2] != list ]] &&
		compadd -- ${${(f)"$(duet list 2>/dev/null)"}[2,-1]%% *}
	return
fi
_duet_first() {
	_files
	[[ $CURRENT -ne 2 || -z $PREFIX ]] || _describe command duet_commands
}
_arguments -S -A '-*' \
	'--board[also offer the devices of QEMU virt]' \
	'--core=[where to leave a guest that died, for gdb]:file:_files' \
	'(-c --cpus)'{-c+,--cpus=}'[number of virtual CPUs]:number, 1 to 16: ' \
	'*'{-d+,--disk=}'[a disk for the guest]:file or block device:_files' \
	'--dtb=[write the device tree there, and run nothing]:file:_files' \
	'--flash=[firmware for the board, and what it keeps]:two files with a comma:_files' \
	'--fork=[how many copies the guest may make of itself]:number: ' \
	'--gdb=-[wait for gdb]::socket, device or \:PORT:_files' \
	'(- *)--hypercalls[print the table of hypercalls]' \
	'--initrd=[initial RAM disk]:file:_files' \
	'--log=[show the log of the guest up to this level]:level:(error warn info debug)' \
	'(-m --memory)'{-m+,--memory=}'[memory of the guest]:size, such as 128M: ' \
	'--memory-pages=[size of the pages of that]:size:(2M 4K auto)' \
	'--migrate-from=[wait for a guest that another duet sends]:socket or HOST\:PORT:_files' \
	'--name=[name of the VM]:name: ' \
	'--no-stdin[leave stdin alone]' \
	'--no-note[take a guest without the ABI note]' \
	'--restore=[go on with the machine that was saved there]:file:_files' \
	'--save=[where to save the machine when asked to]:file:_files' \
	'--sandbox=[keep all rights, or none]:switch:(on off)' \
	'--stats[say at the end what the guest did]' \
	'(-t --trace)'{-t-,--trace=-}'[say what each exit was]::file:_files' \
	'--virtio=[virtio devices of the board]:kind:_values -s , kind rng console balloon' \
	'(- *)'{-\?,--help}'[list the options]' \
	'(- *)--usage[list the options in short]' \
	'(- *)'{-V,--version}'[print the version]' \
	'1:guest, an ELF file:_duet_first' \
	'*:boot argument: '
