# objcopy's options for the user library, from its global symbols (nm --format=sysv): each becomes local, and
# comes back as a weak one of the same section and address.
BEGIN { FS = "[ \t]*\\|[ \t]*" }
$4 == "FUNC" {
	print "--localize-symbol=" $1
	print "--add-symbol=" $1 "=" $7 ":0x" $2 ",weak,function"
	next
}
NF == 7 && $1 != "Name" {
	print "toyos/lib: " $1 " is global, and no function" >"/dev/stderr"
	exit 1
}
