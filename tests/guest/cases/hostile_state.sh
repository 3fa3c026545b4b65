# Harts that spoil their own state, each seed in its own way, bring down their guest at the most: it dies, with
# one report and status 126; or lives to its end; or is lost, its code and data spoilt, and ends or is ended as
# any guest.
# limit: 3600
. "$LIB"

died=0 lived=0 lost=0 stuck=0
for run in $(seq 0 "$(amount 4 99)"); do
	this=$((seed + run))
	echo "seed $this"
	timeout -k 10 60 "$DUET" --memory=16M --cpus=8 "$PROGRAMS/hostile_state.elf" \
		"<seed=$this rounds=$(amount 500 5000) sweep=$((run == 0))>" >out 2>err </dev/null
	status=$?
	cat out
	grep '^duet: ' err
	if grep -q '^duet: the guest died: ' err; then
		died=$((died + 1))
		expect_status 126
		[ "$(grep -c '^duet: the guest died: ' err)" -eq 1 ] || fail "it died more than once"
		! grep -q 'KVM_RUN failed with EOPNOTSUPP' err || stuck=$((stuck + 1))
	elif [ $status -eq 42 ] && grep -Eq '^[0-9]+ reads and writes of CSRs, [0-9]+ other attempts$' out; then
		lived=$((lived + 1))
	else
		lost=$((lost + 1))
		[ $status -le 125 ] || [ $status -eq 143 ] || fail "status $status"
		[ $status -ne 99 ] || grep -q '^CHECK failed' out || fail "status $status, which sanitizers have"
	fi
	case "$(grep '^duet: ' err)" in
	*"sandbox: "*) fail "it did something that it has no use for" ;;
	esac
done
echo "figures: seed $seed: $((run + 1)) guests, of which $died died, $lost were lost"
# QEMU 10 goes on as the guest after an illegal instruction of its kernel that is the host's to deal with: there
# none lives.
[ $died -gt 0 ] || fail "none died"
[ $lived -gt 0 ] || [ $stuck -eq $((run + 1)) ] || fail "none lived"
