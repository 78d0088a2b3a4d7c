import { expect } from 'chai';
import { Make, MakeCache } from '../../analyzer/source/build/make.js';
import { treeOf } from './build-tree.js';

function made(text: string, files: Readonly<Record<string, string>> = {}, built: Readonly<Record<string, string>> = {}): Make {
  const make = new Make(treeOf(files), new Map(Object.entries(built)), 'sub', () => true, new MakeCache());
  make.run(text);
  return make;
}

describe('makefiles', () => {
  it('expand recursive variables late and simple ones at once', () => {
    const make = made('a = $(x)\nb := $(x)\nx = 1\nc ?= $(x)\nc ?= 2\nd := 1\nd += $(x)2\n');
    expect(['a', 'b', 'c', 'd'].map((name) => make.get(name))).to.deep.equal(['1', '', '1', '1 12']);
  });

  it('collect objects by switches', () => {
    const make = made('not = $(if $(subst n,,$1),n,y)\nCONFIG_A = y\nobj-y = a.o\nobj-$(CONFIG_A) += b.o \\\n  c.o\nobj-$(CONFIG_B) += d.o # none\nobj-$(call not,$(CONFIG_B)) += e.o\n');
    expect(make.words('obj-y')).to.deep.equal(['a.o', 'b.o', 'c.o', 'e.o']);
  });

  it('take the branches of conditionals', () => {
    const make = made('A = y\nifdef A\nr += 1\nelse\nr += 2\nendif\nifeq ($(A)$(B),yy)\nr += 3\nelse ifneq "$(A)" "n"\nr += 4\nifndef A\nr += 5\nendif\nelse\nr += 6\nendif\n');
    expect(make.words('r')).to.deep.equal(['1', '4']);
  });

  it('know the functions on words', () => {
    const make = made(`l = a.o b.c sub/ a.o
f := $(filter %.o,$(l))|$(filter-out %.o %/,$(l))|$(sort $(l))|$(patsubst %.o,%.c,$(l))|$(l:.o=.x)|$(addprefix p/,$(l))|$(notdir d/e)|$(dir d/e f)|$(words $(l))|$(firstword $(l))|$(findstring b,abc)|$(strip  x  y )|$(or ,z)|$(and x,y)|$(word 2,$(l))`);
    expect(make.get('f').split('|')).to.deep.equal([
      'a.o a.o', 'b.c', 'a.o b.c sub/', 'a.c b.c sub/ a.c', 'a.x b.c sub/ a.x', 'p/a.o p/b.c p/sub/ p/a.o', 'e', 'd/ ./', '4', 'a.o', 'b', 'x y', 'z', 'y', 'b.c']);
  });

  it('evaluate, loop and call, as nested directories need', () => {
    const files = { 'one/Makefile.objs': 'obj-y = 1.o two/\n', 'one/two/Makefile.objs': 'obj-y = 2.o\n' };
    const make = made(`define enter
$(eval save-$1 := $(value obj-y))$(eval obj-y :=)$(eval include $(SRC_PATH)/$1/Makefile.objs)
$(eval found += $(addprefix $1/,$(filter %.o,$(obj-y))))
$(foreach d,$(filter %/,$(obj-y)),$(call enter,$1/$(patsubst %/,%,$d)))
endef
dummy := $(call enter,one)
`, files);
    expect(make.words('found')).to.deep.equal(['one/1.o', 'one/two/2.o']);
  });

  it('include files of the build directory relative to the working directory', () => {
    const make = made('include ../config-host.mak\ninclude config-target.mak\n-include nothing.mak\n', {}, { 'config-host.mak': 'H=1', 'sub/config-target.mak': 'T=2' });
    expect([make.get('H'), make.get('T'), make.notes]).to.deep.equal(['1', '2', []]);
  });

  it('note a file of the tree that is not there', () => {
    expect(made('include $(SRC_PATH)/rules.mak\n').notes).to.have.length(1);
  });

  it('keep the prerequisites of rules as they are when read, and pass over recipes', () => {
    const make = made('o = a.o\nprog: $(o) lib.a | order\n\t@echo CONFIG_X=y\n\tx = 3\no += b.o\nprog: more.o\n');
    expect(make.rules.get('prog')).to.deep.equal(['a.o', 'lib.a', 'more.o']);
    expect(make.get('x')).to.equal('');
  });

  it('apply the variables of a target', () => {
    const make = made('V = 1\nsub/config.mak: V = 2\n');
    expect(make.get('V')).to.equal('1');
    make.enterTarget('sub/config.mak');
    expect(make.get('V')).to.equal('2');
  });
});
