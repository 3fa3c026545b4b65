# What toyos_usertests and toyos_files run with 4 harts, with 1.
# long
# limit: 600
. "$LIB"

duet --mem=48M "$TOYOS" 'run=usertests -q && usertests_fs && usertests_fsmp && stressfs'
expect_status 0
