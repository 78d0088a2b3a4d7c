import { expect } from 'chai';
import { ModuleInits } from '../../analyzer/qom/module-inits.js';
import { programOf } from './program-fixture.js';

const HEADER = `
typedef enum { MODULE_INIT_OPTS, MODULE_INIT_QOM, MODULE_INIT_MAX } module_init_type;
void register_module_init(void (*fn)(void), module_init_type type);
#define module_init(function, type) \\
    static void __attribute__((constructor)) do_init_ ## function(void) { register_module_init(function, type); }
extern int log[8];
extern int count;
#define SAY(n) (log[count++] = (n))
`;

describe('functions that modules register', () => {
  const files = {
    'module.h': HEADER,
    'log.c': 'int log[8];\nint count;\n',
    'a.c': '#include "module.h"\nstatic void qom_a(void) { SAY(1); }\nmodule_init(qom_a, MODULE_INIT_QOM)\nstatic void opts_a(void) { SAY(2); }\nmodule_init(opts_a, MODULE_INIT_OPTS);\n',
    'b.c': `#include "module.h"
#define EACH(n) static void each_##n(void) { SAY(n); } module_init(each_##n, MODULE_INIT_QOM)
EACH(30)
EACH(31)
static void inner(void) { SAY(5); }
static void outer(void) { SAY(4); register_module_init(inner, MODULE_INIT_QOM); }
module_init(outer, MODULE_INIT_QOM)
static void never(void) { SAY(9); }
`,
  };
  const program = programOf(files);
  const modules = new ModuleInits(program);
  const said = (): number[] => {
    const count = program.memory.load(program.addressOf('count'), 4) as number;
    return Array.from({ length: count }, (_, i) => program.memory.load(program.addressOf('log') + 4 * i, 4) as number);
  };

  it('run when their kind is called, in order, and those registered meanwhile too', () => {
    program.load('log.c');
    modules.construct(program.load('a.c'));
    modules.construct(program.load('b.c'));
    expect(said()).to.deep.equal([]);
    modules.call('MODULE_INIT_QOM');
    expect(said()).to.deep.equal([1, 30, 31, 4, 5]);
  });

  it('run once, and only for their kind', () => {
    modules.call('MODULE_INIT_QOM');
    modules.call('MODULE_INIT_UNHEARD_OF');
    expect(said()).to.have.length(5);
    modules.call('MODULE_INIT_OPTS');
    expect(said()).to.deep.equal([1, 30, 31, 4, 5, 2]);
    expect(program.diagnostics).to.deep.equal([]);
  });
});
