# hc shows what duet says and has counted: the counters are those of duet --stats.
. "$LIB"

# number FILE NAME FIELD: from a row of a table that may begin with a number.
number() {
	awk -v name="$2" -v field="$3" '{ sub(/^ *[0-9]+ /, "") } $1 == name && $2 ~ /^[0-9]+$/ { print $field }' "$1"
}

duet --cpus=2 --stats "$TOYOS" 'run=echo 123456789; hc'
expect_status 0
grep -q '^ABI version [1-9][0-9]*, [1-9][0-9]* calls$' out || fail 'the version'
grep -q '^features: 0x3 events disks$' out || fail 'the features'
grep -q '^null hypercall: [1-9][0-9]* ns$' out || fail 'what a null hypercall takes'
[ "$(number out null 2)" -eq 2000 ] || fail 'the count of null hypercalls'
[ "$(number out handshake 4)" -eq 16 ] || fail 'the bytes of the handshake'
# Asked for one after the other: all before itself.
nr=$(sed -n 's/^ *\([0-9]*\) call_stats .*/\1/p' out)
[ "$(number out call_stats 2)" -eq "$nr" ] || fail 'the count of call_stats'
for name in handshake null console_size disk_info; do
	for field in 2 3 4; do
		[ "$(number out $name $field)" = "$(number err $name $field)" ] || fail "field $field of $name"
	done
done
