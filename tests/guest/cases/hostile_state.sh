# Harts that spoil their own state, each seed in its own way, bring down their guest at the most: it dies, with
# one report and status 126, or lives on.
# limit: 3600
. "$LIB"

died=0
for run in $(seq 0 "$(amount 4 99)"); do
	this=$((seed + run))
	echo "seed $this"
	duet --memory=16M --cpus=8 "$PROGRAMS/hostile_state.elf" \
		"<seed=$this rounds=$(amount 500 5000) sweep=$((run == 0))>"
	cat out
	grep '^duet: ' err
	if grep -q '^duet: the guest died: ' err; then
		died=$((died + 1))
		expect_status 126
		[ "$(grep -c '^duet: the guest died: ' err)" -eq 1 ] || fail "it died more than once"
	else
		expect_status 42
		grep -Eq '^[0-9]+ reads and writes of CSRs, [0-9]+ other attempts$' out || fail "it did not get to its end"
	fi
	case "$(grep '^duet: ' err)" in
	*"sandbox: "*) fail "it did something that it has no use for" ;;
	esac
done
echo "figures: seed $seed: $((run + 1)) guests, of which $died died"
