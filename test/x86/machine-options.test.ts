import { expect } from 'chai';
import type { Boot } from '../../analyzer/x86/boot.js';
import { applySmp } from '../../analyzer/x86/machine-options.js';
import { programOf } from '../qom/program-fixture.js';

/** A machine with a property `smp`, and one of the names that QEMU's setter has had. */
const machineWith = (setter: string): string => String.raw`
typedef struct Object { int smp; } Object;
typedef struct QDict { const char *key; void *value; } QDict;
Object machine;
static int cpus;
static QDict dict;
void *object_property_find(Object *obj, const char *name, Error **errp) { return name[0] == 's' ? obj : 0; }
void *keyval_parse(const char *text, const char *implied, bool *help, Error **errp) { cpus = text[0] - '0'; return &cpus; }
QDict *qdict_new(void) { return &dict; }
void qdict_put_obj(QDict *qdict, const char *key, void *value) { qdict->key = key; qdict->value = value; }
void ${setter}(Object *obj, const QDict *qdict, bool from_json, Error **errp) { obj->smp = *(int *)qdict->value; }
`;

describe('-smp', () => {
  for (const setter of ['object_set_properties_from_keyval', 'object_set_props_from_keyval']) {
    it(`is set on the machine by ${setter}()`, () => {
      const program = programOf({ 'vl.c': machineWith(setter) });
      const qom = { attempt: (run: (errp: number) => void) => { run(0); }, string: (text: string) => program.memory.allocateCString(text) };
      const machine = program.addressOf('machine');
      applySmp({ program, qom } as unknown as Boot, 0, machine, '4');
      expect(program.readMember(machine, 'Object', 'smp')).to.equal(4);
    });
  }
});
