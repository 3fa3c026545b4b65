# A kernel that relocates itself runs where its addresses say, whichever linker made it.
. "$LIB"

for linker in ld lld; do
	duet "$PROGRAMS/hello_pie_$linker.elf"
	expect_status 7
	expect_out hello
done
