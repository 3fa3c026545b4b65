# toyos's file system under duet: its own tests, with 1 and with 4 harts.
# limit: 120
. "$LIB"

for n in 1 4; do
	duet --cpus=$n "$TOYOS" 'run=usertests_fs && usertests_fsmp && stressfs'
	expect_status 0
done
