import { expect } from 'chai';
import { definePassive } from '../../analyzer/qom/passive.js';
import { defineLibc } from '../../analyzer/qom/libc.js';
import { programOf } from './program-fixture.js';

const OBJECT = `
typedef struct ObjectClass { const char *name; struct ObjectClass *parent; } ObjectClass;
int strcmp(const char *a, const char *b);
static ObjectClass classes[] = {
    { "object" }, { "device", &classes[0] }, { "cpu", &classes[1] }, { "x86-cpu", &classes[2] }, { "slot", &classes[1] }, { "machine", &classes[0] }, { "accel", &classes[0] },
};

ObjectClass *object_class_by_name(const char *name)
{
    for (int i = 0; i < 7; i++) {
        if (!strcmp(classes[i].name, name)) {
            return &classes[i];
        }
    }
    return NULL;
}

ObjectClass *object_class_dynamic_cast(ObjectClass *klass, const char *name)
{
    ObjectClass *c;
    for (c = klass; c; c = c->parent) {
        if (!strcmp(c->name, name)) {
            return klass;
        }
    }
    return NULL;
}

static int count;
void object_register_sugar_prop(const char *driver, const char *prop, const char *val, bool optional)
{
    count++;
}

static const char *const drivers[] = { "object", "device", "cpu", "x86-cpu", "slot", "machine", "absent" };
int registered(int i)
{
    count = 0;
    object_register_sugar_prop(drivers[i], "speed", "1", true);
    return count;
}
`;

describe('defaults that a machine or the command line registers', () => {
  it('count if a CPU, accelerator or machine can get them', () => {
    const program = programOf({ 'qom/object.c': OBJECT });
    defineLibc(program);
    definePassive(program);
    expect([0, 1, 2, 3, 4, 5, 6].map((i) => program.call('registered', i))).to.deep.equal([1, 1, 1, 1, 0, 1, 0]);
  });
});
