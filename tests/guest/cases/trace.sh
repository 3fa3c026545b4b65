# The trace decodes each call from the table, and the counters count it.
. "$LIB"

duet --trace=trace --stats "$PROGRAMS/hello.elf"
expect_status 7
expect_out hello
grep -Eq '^[0-9]+\.[0-9]{6} 0 console_write\("hello\\n", 6\) = 6 <0\.[0-9]{6}>$' trace || { cat trace; fail trace; }
grep -Eq ' power_off\(7\) = 0 <' trace || { cat trace; fail trace; }
expect_err '^  console_write +1 +0 +6 ' '^  power_off +1 +0 +0 ' '^  hypercall +2$'
duet --trace "$PROGRAMS/hello.elf"
expect_err 'console_write'
duet --trace=/nowhere/trace "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line '^duet: /nowhere/trace: No such file'
