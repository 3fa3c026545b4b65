# loglevel=N has toyos log lines up to this level; without it, warnings. duet shows them as far as --log says.
. "$LIB"

truncate -s 1M blank.img
for level in '' 0 1 2 3; do
	duet --log=debug --disk=blank.img "$TOYOS" ${level:+loglevel=$level} 'run=echo hello'
	expect_status 0
	expect_out hello
	warnings=$(grep -c 'disk0: no file system of toyos on it' err)
	infos=$(grep -c ' pages free$' err)
	case $level in
	0) [ "$warnings$infos" = 00 ] ;;
	'' | 1) [ "$warnings$infos" = 10 ] ;;
	*) [ "$warnings$infos" = 11 ] ;;
	esac || fail "loglevel=$level: $warnings warnings, $infos infos"
done
duet --disk=blank.img "$TOYOS" loglevel=3 'run=echo hello'
grep -q ' pages free$' err && fail 'duet shows what --log does not ask for'
true
