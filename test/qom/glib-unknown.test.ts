import { expect } from 'chai';
import type { Program } from '../../analyzer/c/program.js';
import { defineGlib } from '../../analyzer/qom/glib.js';
import { programOf } from './program-fixture.js';

const CONTAINERS = `
typedef struct GHashTable GHashTable;
typedef struct GPtrArray { void **pdata; unsigned len; } GPtrArray;
typedef struct GSList GSList;
struct GSList { void *data; GSList *next; };
GHashTable *g_hash_table_new(unsigned (*hash)(const void *), int (*equal)(const void *, const void *));
unsigned g_str_hash(const void *s);
int g_str_equal(const void *a, const void *b);
int g_hash_table_insert(GHashTable *t, void *key, void *value);
void *g_hash_table_lookup(GHashTable *t, const void *key);
unsigned g_hash_table_size(GHashTable *t);
GPtrArray *g_ptr_array_new(void);
void g_ptr_array_add(GPtrArray *a, void *data);
GSList *g_slist_append(GSList *list, void *data);
unsigned g_slist_length(GSList *list);
int unheard_of(void);

int table(void)
{
    GHashTable *t = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(t, "a", "1");
    if (unheard_of()) {
        g_hash_table_insert(t, "b", "2");
    }
    g_hash_table_insert(t, "c", "3");
    return g_hash_table_size(t);
}
int array(void)
{
    GPtrArray *a = g_ptr_array_new();
    if (unheard_of()) {
        g_ptr_array_add(a, "1");
    }
    g_ptr_array_add(a, "2");
    return a->len;
}
int list(void)
{
    GSList *l = g_slist_append(NULL, "1");
    if (unheard_of()) {
        l = g_slist_append(l, "2");
    }
    l = g_slist_append(l, "3");
    return g_slist_length(l);
}
`;

function program(): Program {
  const p = programOf({ 'main.c': CONTAINERS });
  defineGlib(p);
  p.load('main.c');
  return p;
}

describe('containers of which it is not known what is in them', () => {
  for (const [name, call] of [['table', 'g_hash_table_insert'], ['array', 'g_ptr_array_add'], ['list', 'g_slist_append']] as const) {
    it(`${name}: what is done with it is unknown, and says so once with its place`, () => {
      const p = program();
      expect(String(p.call(name))).to.match(/^unknown \(/);
      const of = p.diagnostics.filter(({ what }) => what.startsWith(`${call}() depends on`));
      expect(of.map(({ at }) => at?.file)).to.deep.equal(['main.c']);
    });
  }
});
