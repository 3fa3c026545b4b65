# The kernel's functions by address, as assembly for its second link: nm -n toyos.elf | awk -f symbols.awk
# Symbols with a '$' are the assembler's own.

BEGIN {
	print "\t.section .symbols, \"a\"\n\t.balign 8"
}

$2 ~ /^[tTW]$/ && $3 !~ /\$/ {
	printf "\t.dword 0x%s, name_%d\n", $1, count
	name[count++] = $3
}

END {
	print "\t.section .rodata.symbols, \"aMS\", @progbits, 1"
	for (i = 0; i < count; i++)
		printf "name_%d:\n\t.asciz \"%s\"\n", i, name[i]
	print "\t.section .note.GNU-stack, \"\", @progbits"
}
