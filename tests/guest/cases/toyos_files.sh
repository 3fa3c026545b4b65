# toyos's file system under duet: its own tests, with 4 harts.
# limit: 120
. "$LIB"

duet --cpus=4 "$TOYOS" 'run=usertests_fs && usertests_fsmp && stressfs'
expect_status 0
