# toyos's own tests pass under duet with 4 harts; in make test-full with 1, too, as on OpenSBI in the suite `bare`.
. "$LIB"

for n in $(amount 4 '1 4'); do
	duet --cpus=$n --mem=32M "$TOYOS" 'run=systest && fptest'
	expect_status 0
done
