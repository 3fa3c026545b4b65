# The board's devices, register by register; beside it a guest of Duet's is as always.
. "$LIB"

printf ab >in
duet --board --trace --stats "$PROGRAMS/board_devices.elf"
expect_status 7
printf '.\n!' >want
cmp -s out want || fail "expected on stdout: $(cat want)"
expect_err "uart tx '!'" "uart rx 'a'" 'plic claim 10' 'plic complete 10' '^  uart tx +3$' '^  uart rx +2$'
rm in

duet --board "$TOYOS" run='echo board'
expect_status 0
expect_out board

# Without --board nothing is there.
duet "$PROGRAMS/board_devices.elf"
expect_status 126
expect_err 'access to|access fault|where nothing is'
