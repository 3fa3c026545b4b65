# toyos's own tests make the debug build find no mistake. A disk has locks of its own.
# long
# limit: 600
. "$LIB"

cp "$ROOT_IMAGE" disk.img
truncate -s 16M disk.img
duet --cpus=4 --disk=disk.img "$TOYOS_DEBUG" 'run=usertests -q && usertests_fs && usertests_fsmp && stressfs'
expect_status 0
