# bash's completion of duet's command line. tests/make/run holds the options to those of duet --help.
# What follows the guest are the guest's own words: nothing is known of them.
_duet() {
	local options='--board --cpus= --disk= --gdb --gdb= --help --hypercalls --initrd= --log= --memory= --no-note
		--sandbox= --stats --trace --trace= --usage --version'
	local word=${COMP_WORDS[COMP_CWORD]} wants='' at

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
			-[cdm] | --cpus | --disk | --initrd | --log | --memory | --sandbox) wants=${COMP_WORDS[at]} ;;
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
	--sandbox) mapfile -t COMPREPLY < <(compgen -W 'on off' -- "$word") ;;
	-[cm] | --cpus | --memory) ;;
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
		;;
	esac
}
complete -F _duet duet
