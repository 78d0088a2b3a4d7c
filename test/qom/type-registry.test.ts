import { expect } from 'chai';
import type { Program } from '../../analyzer/c/program.js';
import { ModuleInits } from '../../analyzer/qom/module-inits.js';
import { TypeRegistry } from '../../analyzer/qom/type-registry.js';
import type { SourceTree } from '../../analyzer/source/tree.js';
import { treeOf } from './qapi-fixture.js';
import { programOf } from './program-fixture.js';

const OBJECT_H = `
typedef enum { MODULE_INIT_QOM } module_init_type;
void register_module_init(void (*fn)(void), module_init_type type);
#define type_init(f) static void __attribute__((constructor)) construct_ ## f(void) { register_module_init(f, MODULE_INIT_QOM); }
typedef struct InterfaceInfo { const char *type; } InterfaceInfo;
typedef struct TypeInfo { const char *name; const char *parent; InterfaceInfo *interfaces; } TypeInfo;
#define TYPE_OBJECT "object"
#define TYPE_ANIMAL "animal"
#define TYPE_SWIMMER "can-swim"
#define TYPE_WALKER \\
    "can-walk"
#define DEFINE_ANIMAL(n, ...) static const TypeInfo info_##n = { .name = #n, .parent = TYPE_ANIMAL, .interfaces = (InterfaceInfo[]) { __VA_ARGS__ } }; \\
    static void register_##n(void) { type_register_static(&info_##n); } \\
    type_init(register_##n)
void *type_register(const TypeInfo *info);
void *type_register_static(const TypeInfo *info);
void type_register_static_array(const TypeInfo *infos, int count);
`;

const OBJECT_C = `
#include "object.h"
const char *table[16];
int used;
static void *add(const TypeInfo *info) { table[used++] = info->name; return NULL; }
void *type_register(const TypeInfo *info) { return add(info); }
void *type_register_static(const TypeInfo *info) { return type_register(info); }
void type_register_static_array(const TypeInfo *infos, int count) { for (int i = 0; i < count; i++) type_register_static(&infos[i]); }
static void register_roots(void) { static const TypeInfo info = { .name = TYPE_OBJECT }; add(&info); }
type_init(register_roots)
`;

const FILES = {
  'object.h': OBJECT_H,
  'qom/object.c': OBJECT_C,
  'fish.c': `#include "object.h"
static const TypeInfo types[] = {
    { .name = "trout", .parent = "fish" },
    { .name = "fish", .parent = TYPE_ANIMAL, .interfaces = (InterfaceInfo[]) { { TYPE_SWIMMER }, { } } },
};
static void fish(void) { type_register_static_array(types, 2); }
type_init(fish)
`,
  'newt.c': `#include "object.h"
DEFINE_ANIMAL(newt, { TYPE_WALKER }, { TYPE_SWIMMER }, { })
`,
  'made.c': `#include "object.h"
static void made(void)
{
    char name[] = "salmon-1";
    TypeInfo info = { .name = name, .parent = "trout" };
    for (int i = 1; i < 3; i++) {
        name[7] = '0' + i;
        type_register(&info);
    }
}
type_init(made)
`,
  'life/animal.c': `#include "object.h"
static const TypeInfo animal = { .name = TYPE_ANIMAL, .parent = TYPE_OBJECT };
static void animals(void) { type_register_static(&animal); }
type_init(animals)
`,
  'life/swim.c': `#include "object.h"
static const TypeInfo swim = { .name = "can-swim", .parent = TYPE_OBJECT };
static void swimmers(void) { type_register_static(&swim); }
type_init(swimmers)
`,
  'life/walk.c': `#include "object.h"
static const TypeInfo walk = { .name = TYPE_WALKER, .parent = TYPE_OBJECT };
static void walkers(void) { type_register_static(&walk); }
type_init(walkers)
`,
  'ghost.c': `#include "object.h"
static const TypeInfo ghost = { .name = "ghost", .parent = "spirit" };
static void ghosts(void) { type_register_static(&ghost); }
type_init(ghosts)
`,
};

describe('types whose registration waits for their ancestors', () => {
  const tree: SourceTree = treeOf(FILES);
  const files = Object.keys(FILES).filter((f) => f.endsWith('.c'));
  let program: Program;
  let types: TypeRegistry;
  let rounds: string[][];

  before(() => {
    program = programOf(FILES);
    const modules = new ModuleInits(program);
    types = new TypeRegistry(program);
    rounds = [];
    for (let paths = ['qom/object.c', 'fish.c', 'newt.c', 'made.c', 'ghost.c']; paths.length > 0; paths = types.flush((pattern) => files.find((file) => pattern.test(tree.read(file) ?? '')))) {
      rounds.push(paths);
      for (const path of paths) modules.construct(program.load(path));
      modules.call('MODULE_INIT_QOM');
    }
  });

  const registered = (): string[] => Array.from({ length: program.memory.load(program.addressOf('used'), 4) as number }, (_, i) => program.memory.cstring(program.memory.loadPointer(program.addressOf('table') + 8 * i) as number));

  it('looks for missing parents and interfaces in the build, by macro, also one within another, and by name', () => {
    expect(rounds.slice(1).flat()).to.have.members(['life/animal.c', 'life/swim.c', 'life/walk.c']);
  });

  it('hands them over when they are complete, ancestors first', () => {
    const order = registered();
    for (const [parent, child] of [['object', 'animal'], ['animal', 'fish'], ['can-swim', 'fish'], ['can-walk', 'newt'], ['fish', 'trout'], ['trout', 'salmon-1']]) expect(order.indexOf(child!), `${child} after ${parent}`).to.be.greaterThan(order.indexOf(parent!));
  });

  it('hands each over once', () => {
    expect(new Set(registered()).size).to.equal(registered().length);
  });

  it('keeps descriptions that were local variables', () => {
    expect(registered()).to.include.members(['salmon-1', 'salmon-2']);
  });

  it('says which stay incomplete', () => {
    expect(types.incomplete).to.deep.equal([{ name: 'ghost', missing: 'spirit' }]);
    expect(registered()).to.not.include('ghost');
    expect(program.diagnostics).to.deep.equal([]);
  });
});
