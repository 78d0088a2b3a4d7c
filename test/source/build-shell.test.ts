import { expect } from 'chai';
import { runConfigure, runFilter } from '../../analyzer/source/build/configure.js';
import { Host } from '../../analyzer/source/build/host.js';
import { treeOf } from './build-tree.js';

const host = (define: Readonly<Record<string, string>> = {}, without: readonly string[] = []): Host => new Host(new Map(Object.entries(define)), new Set(without));

/** What a configure script writes to "out". */
function output(script: string, args: readonly string[] = [], files: Readonly<Record<string, string>> = {}): string {
  const { files: written, notes } = runConfigure(treeOf({ ...files, configure: script }), host(), 'x86_64-softmmu', args);
  expect(notes).to.deep.equal([]);
  return written.get('out')?.text ?? '';
}

describe('configure scripts', () => {
  it('expand parameters', () => {
    expect(output('v=a.b.c; e=\necho ${v%.*} ${v%%.*} ${v#*.} ${v##*.} ${u-x} ${e:-y} ${e-z} ${v:+w} ${#v} > out')).to.equal('a.b a b.c c x y w 5\n');
  });

  it('split fields outside quotes only', () => {
    expect(output('v="a  b"\nfor w in $v "$v" \'$v\'; do echo "[$w]" >> out; done')).to.equal('[a]\n[b]\n[a  b]\n[$v]\n');
  });

  it('keep positional parameters apart', () => {
    expect(output('f() { echo $# "$1" >> out; shift; for w do echo "<$w>" >> out; done; }\nf "a b" c "d e"; echo $# >> out')).to.equal('3 a b\n<c>\n<d e>\n1\n');
  });

  it('run if, case, while, until, && and ||', () => {
    expect(output(`n=0
while test $n -lt 3; do n=$((n + 1)); if [ $n = 2 ]; then continue; elif test "$n" -ge 3 -a -n "$n"; then break; else echo one; fi; done > out
case "x.y" in *.z|a) echo no;; x.*) echo dot;; *) echo any;; esac >> out
! false && echo and >> out || echo or >> out
until true; do echo never >> out; done`)).to.equal('one\ndot\nand\n');
  });

  it('know how the last command ended, also one whose output was assigned', () => {
    expect(output('f() { return 3; }\nv=$(f); if test $? -eq 3; then echo if; fi > out\nw="$v $(f)"; while test $? -eq 3; do echo while; v=; done >> out\nif f; then :; else echo $?; fi >> out')).to.equal('if\nwhile\n3\n');
  });

  it('keep what a subshell sets inside', () => {
    expect(output('v=1; ( v=2; echo $v ) > out; w=$(v=3; echo $v); echo $v $w >> out; echo x | while read l; do v=$l; done; echo $v >> out')).to.equal('2\n1 3\n1\n');
  });

  it('expand here-documents, unless quoted', () => {
    expect(output('v=1\ncat > out <<EOF\n$v $(echo 2) \\$v\nEOF\ncat >> out <<"EOF"\n$v\nEOF\ncat >> out <<-END\n\ttab\n\tEND\n')).to.equal('1 2 $v\n$v\ntab\n');
  });

  it('use the text tools', () => {
    expect(output(`echo "a,b" | sed -e 's/,/ /g' > out
echo abc | tr '[a-z]' '[A-Z]' >> out
echo a-b-c | cut -d '-' -f 2 >> out
expr "xk=v" : 'x[^=]*=\\(.*\\)' >> out
printf '%d%02d %s\\n' 4 7 z >> out
basename /d/f.mak .mak >> out; dirname d/f >> out
echo foo | grep -q "^fo*$" && echo yes >> out
(echo 1; echo 2; echo 3) | head -n 2 | tail -1 >> out`)).to.equal('a b\nABC\nb\nv\n407 z\nf\nd\nyes\n2\n');
  });

  it('see the files of the tree and expand patterns over them', () => {
    const files = { 'conf/a-softmmu.mak': 'A\n', 'conf/b-user.mak': '', VERSION: '1.2.3\n' };
    expect(output('s=$(cd "$(dirname -- "$0")"; pwd)\nfor f in $s/conf/*-softmmu.mak; do basename $f .mak; done > out\ntest -f $s/VERSION && cat $s/VERSION >> out; test -d $s/none || echo none >> out', [], files))
      .to.equal('a-softmmu\n1.2.3\nnone\n');
  });

  it('evaluate, source and find commands', () => {
    expect(output('eval "v_x=\\$0"; n=v_y; eval $n=2; echo $v_y > out; . "/qemu/lib.sh"; hello >> out; type hello >/dev/null 2>&1 && echo found >> out; command -v nosuch-gcc || echo none >> out', [], { 'lib.sh': 'hello() { echo hi; }' }))
      .to.equal('2\nhi\nfound\nnone\n');
  });

  it('parse options', () => {
    expect(output('for opt do optarg=$(expr "x$opt" : \'x[^=]*=\\(.*\\)\'); case "$opt" in --enable-xen) xen=yes;; --target-list=*) list="$optarg";; esac; done; echo $xen $list > out', ['--enable-xen'])).to.equal('yes x86_64-softmmu\n');
  });

  it('ask the host by compiling and by pkg-config', () => {
    const script = `cat > t.c <<EOF
#include <$1>
int main(void) { return 0; }
EOF
has() { cat > t.c; cc -o t.exe t.c; }
echo '#include <linux/kvm.h>' | has && echo kvm > out
echo '#include <windows.h>' | has || echo no windows >> out
printf '#if !defined(__linux__)\\n#error no\\n#endif\\n' | has && echo linux >> out
printf '#ifdef __APPLE__\\n#error no\\n#endif\\n' | has && echo no apple >> out
printf '#if __GNUC__ < 4\\n#error old\\n#endif\\n' | has && echo gcc >> out
pkg-config --exists "glib-2.0 >= 2.50" && echo glib >> out
pkg-config --exists xencontrol || echo no xen >> out`;
    expect(output(script)).to.equal('kvm\nno windows\nlinux\nno apple\ngcc\nglib\nno xen\n');
  });

  it('let the user turn a facility of the host over', () => {
    expect(host().hasPackage('xencontrol')).to.equal(false);
    expect(host({ CONFIG_XEN: 'y' }).hasPackage('xencontrol')).to.equal(true);
    expect(host({}, ['CONFIG_SPICE']).hasPackage('spice-server')).to.equal(false);
  });

  it('tell which line of the script wrote a setting', () => {
    const { files } = runConfigure(treeOf({ configure: 'f=config-host.mak\necho "# by hand" > $f\nif true; then\n  echo "CONFIG_KVM=y" >> $f\nfi\n' }), host(), 'x86_64-softmmu', []);
    expect(files.get('config-host.mak')?.origins.get('CONFIG_KVM=y')).to.deep.equal({ file: 'configure', line: 4 });
  });

  it('note an error exit with what was said', () => {
    const { notes } = runConfigure(treeOf({ configure: 'echo "ERROR: no luck" >&2\nexit 1\n' }), host(), 'x86_64-softmmu', []);
    expect(notes).to.have.length(1);
    expect(notes[0]).to.match(/^configure:2: .*ERROR: no luck/);
  });

  it('run a filter script of the tree', () => {
    const script = 'while read line; do case $line in CONFIG_*=y) echo "#define ${line%=*} 1";; V=*) echo "#define V \\"${line#*=}\\"";; esac; done';
    expect(runFilter(treeOf({ 'scripts/f': script }), host(), 'scripts/f', 'CONFIG_A=y\nV=1 2\nX=3\n')).to.equal('#define CONFIG_A 1\n#define V "1 2"\n');
  });
});
