# toyos's shell: paths for * and ?, directories, messages that say why, and what help knows.
. "$LIB"

duet "$TOYOS" 'run=mkdir d && mkdir d/e && cd d && pwd && echo >b.c && echo >a.c && echo >.c && echo >e/a.h; echo *.c ?.c "*.c" \*.c *.h x*; X="*"; echo $X; cd e; pwd; echo ../*.c ../?/*; cd /; echo /d/*.c d//?.c */a.? .*; cd -'
expect_status 0
expect_out '/d
a.c b.c a.c b.c *.c *.c *.h x*
*
/d/e
../a.c ../b.c ../e/a.h
/d/a.c /d/b.c d//a.c d//b.c d/a.c .*
/d/e'

# As many arguments as there are names in /; lines of head and tail.
duet "$TOYOS" 'run=echo * | wc; echo 1 >f; echo 2 >>f; echo 3 >>f; head -2 f; head -n 1 f; tail -2 f; tail -n 1 f; head -x f'
expect_status 2
[ "$(sed -n '1s/^ *1 *\([0-9]*\) .*/\1/p' out)" -ge 40 ] || fail 'echo * has too few words'
sed 1d out >rest && mv rest out
expect_out '1
2
1
2
3
3
usage: head [-n LINES] [FILE]'
# A negative status is another than that of a shell elsewhere: it remains what it is, as in xv6, and outside of what a
# guest may end with.
duet "$TOYOS" 'run=sh -c "exit -1"; echo $?; exit -1'
expect_status 125
expect_out -1

# The reason in words, and the status.
duet "$TOYOS" 'run=nope; echo $?; README; echo $?; /doc; echo $?; cd nope; echo $?; cd README; cat nope; ls nope; cat </nope; echo >/doc; cd -; fg; cp echo doc/e; cd doc; e here; ./e there; /doc/e >x; rm x; mkdir d; cd d; ../e up; rm ../d; pwd' 
expect_status 1
cat err >>out
expect_out 'sh: nope: not found
127
sh: README: not a program
126
sh: /doc: is a directory
126
sh: cd: nope: not found
1
sh: cd: README: not a directory
cat: nope: not found
ls: nope: not found
sh: /nope: not found
sh: /doc: is a directory
sh: cd: -: there is no last directory
sh: fg: no such job
here
there
up
pwd: not found'

# Help has a line for each program, and for each command that is built in.
duet "$TOYOS" 'run=ls /'
sed -n 's/^\([a-z_]*\)  * 2 .*/\1/p' out >programs
[ "$(wc -l <programs)" -ge 40 ] || fail 'programs are missing'
for name in $(cat programs) cd env exit fg history jobs; do echo "help $name || echo none"; done >in
duet "$TOYOS"
grep -q '^none\|nothing is known' out && fail 'help does not know a program'
grep -q '^toyos\$ jobs  *what runs' out || fail 'help does not come to the last'
rm in
duet "$TOYOS" 'run=help nope; help | wc; X=1; Y=2; env; false & sleep 0.1; jobs; sleep x'
expect_status 2
grep -q '^help: nope: nothing is known' out && grep -q '^X=1$' out && grep -q '^Y=2$' out || fail 'help, env'
grep -q '^\[1\] ended, status 1: false$' out || fail 'jobs'
