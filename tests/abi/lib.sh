# shellcheck shell=sh disable=SC2034,SC2154 # its callers set the one, and use the other
# What tests/abi/extend and tests/abi/refuse share: a copy of the tree, to which hypercalls are added. They say with $top
# where the tree is, with $copy its copy, with $sysroot the libraries, with $log where all is written that is said.

# The copy is a clean tree each time; its build output stays, so that only what changed is built again.
tree_copy() {
	for part in Makefile abi common vmm toyos scripts tests; do
		rm -rf "${copy:?}/$part"
		cp -Rp "$top/$part" "$copy/$part"
	done
	touch "$copy"/abi/*.h "$copy"/vmm/sandbox.c "$copy"/vmm/device/device.h # the last test may have built with others
	mkdir -p "$copy/build"
	ln -sfn "$sysroot" "$copy/build/sysroot"
}

# table_add LINE: puts a line at the end of the copy's table.
table_add() {
	awk -v line="    $1" '
		/^#define DUET_HYPERCALLS\(CALL\)/ { table = 1 }
		table && !/\\$/ { print $0 " \\"; print line; table = 0; next }
		{ print }' "$copy/abi/hypercalls.h" >"$copy/table"
	cp "$copy/table" "$copy/abi/hypercalls.h"
}

copy_make() {
	(cd "$copy" && ${MAKE:-make} --no-print-directory SETUP=skip SYSROOT_READY= "$@") >>"$log" 2>&1
}

# The number that a new hypercall takes.
next=$(awk '/^ *CALL\([0-9]+,/ { sub(/^ *CALL\(/, ""); n = $0 + 1 } END { print n }' "$top/abi/hypercalls.h")
