# limit: 600
# What was typed and the guest has not taken is saved with it: it comes first, and once.
. "$LIB"

# Its reader reads ahead while `sleep` runs.
mkfifo typed
"$DUET" --save=state,end --mem=24M "$TOYOS" <typed >out 2>err &
pid=$!
exec 3>typed
echo 'echo ready; sleep 3; cat' >&3
until grep -q ready out; do usleep 10000; done
printf 'typed before\n' >&3
usleep 500000
kill -PWR $pid
wait $pid
status=$?
exec 3>&-
expect_status 0
printf 'typed after\n' >in
duet --restore=state
expect_status 0
# toyos shows keys as they arrive: that of "typed before" was in the duet before. Then comes what cat writes.
grep -v toyos out >lines
printf 'typed after\ntyped before\ntyped after\n' | cmp -s - lines || fail 'not what was typed, in its order'
