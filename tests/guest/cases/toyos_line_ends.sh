# CR LF is one end of a line, as CR and LF are.
. "$LIB"

printf 'a\r\nb\r\n' >in
duet "$TOYOS" run=wc
expect_status 0
grep -Eq '^ *2 +2 ' out || fail "expected two lines"
printf 'a\rb\n\n\rc\r\n' >in
duet "$TOYOS" run=wc
grep -Eq '^ *5 +3 ' out || fail "expected five lines"
