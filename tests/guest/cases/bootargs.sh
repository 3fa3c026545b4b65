# The words after the guest become its boot arguments, also those that look like options.
. "$LIB"

duet "$PROGRAMS/bootargs.elf" '<one' --cpus=3 -- "two  blanks>"
expect_status 0
printf '<one --cpus=3 -- two  blanks>' | cmp -s - out || fail "boot arguments"
