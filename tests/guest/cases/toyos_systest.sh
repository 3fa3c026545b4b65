# toyos's own tests pass under duet, with 1 and with 4 harts.
. "$LIB"

for n in 1 4; do
	duet --cpus=$n --mem=32M "$TOYOS" 'run=systest && fptest'
	expect_status 0
done
