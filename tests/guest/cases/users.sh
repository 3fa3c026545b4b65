# Who runs duet: a user who may not use KVM is told which group may; root that is alone in its user namespace, as in
# rootless containers, keeps the rest of the sandbox.
. "$LIB"

mkdir -p /etc
echo 'user:x:1000:1000::/:/bin/sh' >/etc/passwd
echo secret >/etc/secret
chmod 755 / /test "$PROGRAMS" "$DUET" /tmp .
chmod 644 "$PROGRAMS/hello.elf"
mode=$(stat -c %a /dev/kvm)
trap 'chmod "$mode" /dev/kvm; rm -rf /tmp/breach' EXIT

# as_user COMMAND: from now on $DUET is the command, run by that user.
as_user() {
	printf '#!/bin/sh\nexec su user -c "%s $*"\n' "$1" >by_user
	chmod 755 by_user
	DUET=./by_user
}
real=$DUET

chmod 600 /dev/kvm
as_user "$real"
duet "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line '^duet: /dev/kvm: .*be in the group kvm .*: Permission denied$'
chmod 666 /dev/kvm
duet "$PROGRAMS/hello.elf"
expect_status 7
expect_out hello

if ! su user -c 'unshare -r true'; then
	is_mended || fail "expected user namespaces of Debian's kernel"
	exit 0
fi
as_user "unshare -r $real"
duet "$PROGRAMS/hello.elf"
expect_status 7
expect_out hello
expect_one_line '^duet: stays root, '
mkdir /tmp/breach
cp "$EXTENDED"/duet* "$EXTENDED/breach.elf" /tmp/breach
chmod -R a+rX /tmp/breach
as_user "BREACH=socket unshare -r /tmp/breach/duet"
duet /tmp/breach/breach.elf
expect_status 127
expect_err '^duet: sandbox: the vCPU thread made the system call socket '
for pair in read:13 exec:13; do
	as_user "BREACH=${pair%:*} unshare -r /tmp/breach/duet-unfiltered"
	duet /tmp/breach/breach.elf
	expect_status "${pair#*:}"
done
