# toyos's file system under duet: its own tests, with 4 harts. The suite `bare` has the same on OpenSBI, and
# `toyos_debug` most of it on a disk of duet's.
# long
# limit: 120
. "$LIB"

duet --cpus=4 "$TOYOS" 'run=usertests_fs && usertests_fsmp && stressfs'
expect_status 0
