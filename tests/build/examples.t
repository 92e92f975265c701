#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The examples in C do what their first lines say.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

says() {
	want=$1
	shift
	got=$("$@") || return
	[ "$got" = "$want" ] || {
		echo "want: $want; got: $got"
		return 1
	}
}
# ends STATUS COMMAND...
ends() {
	want=$1
	shift
	"$@"
	[ $? -eq "$want" ]
}

ok 'they are built' make -s -j2 BUILD=build/examples-test WERROR=1 examples
examples=build/examples-test/examples
ok 'demo runs' $examples/demo
ok 'pipeline runs its own programs' $examples/pipeline
ok 'pipeline ends what takes too long' ends 1 $examples/pipeline 0.2 sleep 1000

facts='id -u; hostname; echo $$; cat /proc/1/comm; ls /proc/self/net/dev'
ok 'container: root, its host name, process 1 of its /proc' says "0
container
1
sh
/proc/self/net/dev" $examples/container sh -c "$facts"
ok 'container passes on the exit status' ends 3 $examples/container sh -c 'exit 3'
ok 'container tells what cannot be started' ends 125 $examples/container /nonexistent
if [ "$(id -u)" = 0 ]; then
	chmod 755 "$scratch"
	cp $examples/container "$scratch/container"
	ok 'container needs no privileges' says 0 setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$scratch/container" sh -c 'id -u'
fi

if cgroup=$(new_cgroup examples-test); then
	ok 'tree kills what is left of a program' $examples/tree "$cgroup" 0.3
	ok 'tree leaves no cgroup' rmdir "$cgroup"
else
	skip 'tree kills what is left of a program' 'no cgroup can be made here'
fi
finish
