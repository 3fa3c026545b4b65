# What SBI 2.0 promises, under duet. tests/bare has the same on OpenSBI. Of what is not kept, these are known. A remote
# fence takes any hart, and a reset of a reserved type is "not supported": that is KVM's (Linux 6.12). sip does not show
# a timer that is due: that is QEMU's before 8.0, which shows a guest no bit of sip but SSIP.
. "$LIB"

cat >known <<'END'
time: the interrupt is not pending when it is due
time: the past is not due
time: the interrupt that is taken is not in sip
a fence on a hart that there is not: 0 for -3
reset of a reserved type: -2 for -3
END
for harts in 1 4; do
	duet --board --cpus=$harts "$PROGRAMS/sbi_conformance.elf"
	expect_status 0
	grep -vxFf known out >other
	printf 'by DBCN\ndone\n' | cmp -s - other || fail "$harts harts: what is not known: $(cat other)"
done
