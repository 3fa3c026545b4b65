# toyos's own tests make the debug build find no mistake.
# long
# limit: 600
. "$LIB"

duet --cpus=4 "$TOYOS_DEBUG" 'run=usertests -q && usertests_fs && usertests_fsmp && stressfs'
expect_status 0
