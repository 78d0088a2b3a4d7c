import { expect } from 'chai';
import { ClassProperties } from '../../analyzer/qom/class-properties.js';
import { defineGlib } from '../../analyzer/qom/glib.js';
import { programOf } from './program-fixture.js';

const OBJECT = `
typedef struct GHashTable GHashTable;
GHashTable *g_hash_table_new(void *hash, void *equal); void *g_hash_table_lookup(GHashTable *t, const void *key); int g_hash_table_insert(GHashTable *t, void *key, void *value);
unsigned g_hash_table_size(GHashTable *t); unsigned g_str_hash(const void *v); int g_str_equal(const void *a, const void *b); void *g_malloc0(unsigned long n);
typedef struct ObjectClass { struct ObjectClass *parent; GHashTable *properties; } ObjectClass;
typedef struct ObjectProperty { const char *name; } ObjectProperty;
ObjectClass parent, child = { &parent };

ObjectClass *object_class_get_parent(ObjectClass *klass)
{
    return klass->parent;
}

ObjectProperty *object_class_property_find(ObjectClass *klass, const char *name)
{
    ObjectProperty *prop = klass->parent ? object_class_property_find(klass->parent, name) : NULL;
    return prop ? prop : g_hash_table_lookup(klass->properties, name);
}

ObjectProperty *object_class_property_add(ObjectClass *klass, const char *name)
{
    ObjectProperty *prop = g_malloc0(sizeof(*prop));
    if (object_class_property_find(klass, name)) {
        return NULL;
    }
    prop->name = name;
    g_hash_table_insert(klass->properties, (void *)name, prop);
    return prop;
}

static const char *const names[] = { "level", "family" };
void setup(void)
{
    parent.properties = g_hash_table_new(g_str_hash, g_str_equal);
    child.properties = g_hash_table_new(g_str_hash, g_str_equal);
}
int add(int i) { return object_class_property_add(i ? &child : &parent, names[i]) != NULL; }
int has(int i) { return object_class_property_find(&child, names[i]) != NULL; }
`;

describe('class properties that were looked up before', () => {
  it('are found once they are there, the last one too, and not added twice', () => {
    const program = programOf({ 'qom/object.c': OBJECT });
    defineGlib(program);
    new ClassProperties(program);
    program.call('setup');
    expect([program.call('has', 0), program.call('has', 1)]).to.deep.equal([0, 0]);
    expect(program.call('add', 0)).to.equal(1);
    expect([program.call('has', 0), program.call('has', 1)]).to.deep.equal([1, 0]);
    expect(program.call('add', 1)).to.equal(1);
    expect([program.call('has', 0), program.call('has', 1)]).to.deep.equal([1, 1]);
    expect(program.call('add', 1)).to.equal(0);
  });
});
