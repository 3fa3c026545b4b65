# bash's completion of duet's command line. tests/make/run holds the options to those of duet --help.
# What follows the guest are the guest's own words: nothing is known of them.
_duet() {
	local commands='list console info stats walk balloon pause resume save migrate reset stop quit'
	local options='--board --core= --cpus= --disk= --dtb= --flash= --fork= --gdb --gdb= --help --hypercalls --initrd= --log=
		--memory= --memory-pages= --migrate-from= --name= --no-note --no-stdin --restore= --sandbox= --save= --stats
		--trace --trace= --usage --version --virtio='
	local word=${COMP_WORDS[COMP_CWORD]} wants='' at

	# duet COMMAND NAME.
	if [[ ${COMP_WORDS[1]} && $COMP_CWORD -gt 1 && " $commands " == *" ${COMP_WORDS[1]} "* ]]; then
		[[ $COMP_CWORD -ne 2 || ${COMP_WORDS[1]} == list ]] ||
			mapfile -t COMPREPLY < <(compgen -W "$(duet list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$word")
		return
	fi

	# From the left, for which option the next word is the value. bash takes --log=info for three words.
	for ((at = 1; at < COMP_CWORD; at++)); do
		case ${COMP_WORDS[at]} in
		[=:]*) wants=${COMP_WORDS[at - 1]} ;;
		*)
			if [[ $wants ]]; then
				wants=''
				continue
			fi
			case ${COMP_WORDS[at]} in
			-[cdm] | --core | --cpus | --disk | --dtb | --flash | --fork | --initrd | --log | --memory | --memory-pages | \
				--migrate-from | --name | \
				--restore | --sandbox | --save | --virtio) wants=${COMP_WORDS[at]} ;;
			-*) ;;
			*) return ;; # the guest
			esac
			;;
		esac
	done
	if [[ $word == = ]]; then
		wants=${COMP_WORDS[at - 1]}
		word=''
	fi

	case $wants in
	--log) mapfile -t COMPREPLY < <(compgen -W 'error warn info debug' -- "$word") ;;
	--memory-pages) mapfile -t COMPREPLY < <(compgen -W '2M 4K auto' -- "$word") ;;
	--sandbox) mapfile -t COMPREPLY < <(compgen -W 'on off' -- "$word") ;;
	--virtio) mapfile -t COMPREPLY < <(compgen -W 'rng console balloon' -- "$word") ;;
	-[cm] | --cpus | --fork | --memory | --name) ;;
	'')
		if [[ $word == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
			# The value follows at once.
			[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
			return
		fi
		;;&
	*)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		if [[ $COMP_CWORD -eq 1 && $word ]]; then
			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W "$commands" -- "$word")
		fi
		;;
	esac
}
complete -F _duet duet
