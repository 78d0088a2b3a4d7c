import { expect } from 'chai';
import type { Program } from '../../analyzer/c/program.js';
import { Unknown } from '../../analyzer/c/unknown.js';
import { Reader, type Visited } from '../../analyzer/qom/visitor.js';
import { programOf } from './program-fixture.js';

const NEW = `
typedef struct Visitor { int seen; } Visitor;
typedef struct QEnumLookup { const char *const *array; int size; } QEnumLookup;
typedef struct GenericList { struct GenericList *next; } GenericList;
bool visit_type_bool(Visitor *v, const char *name, bool *obj, Error **errp);
bool visit_type_int(Visitor *v, const char *name, int64_t *obj, Error **errp);
bool visit_type_uint8(Visitor *v, const char *name, uint8_t *obj, Error **errp);
bool visit_type_int16(Visitor *v, const char *name, int16_t *obj, Error **errp);
bool visit_type_uint64(Visitor *v, const char *name, uint64_t *obj, Error **errp);
bool visit_type_str(Visitor *v, const char *name, char **obj, Error **errp);
bool visit_type_enum(Visitor *v, const char *name, int *obj, const QEnumLookup *lookup, Error **errp);
bool visit_start_struct(Visitor *v, const char *name, void **obj, size_t size, Error **errp);
bool visit_check_struct(Visitor *v, Error **errp);
void visit_end_struct(Visitor *v, void **obj);
bool visit_start_list(Visitor *v, const char *name, GenericList **list, size_t size, Error **errp);
GenericList *visit_next_list(Visitor *v, GenericList *tail, size_t size);
bool visit_check_list(Visitor *v, Error **errp);
void visit_end_list(Visitor *v, void **obj);
`;

const NEW_CODE = `
#include "visitor.h"
bool visit_type_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    v->seen += *obj ? 100 : 1;
    return true;
}
static bool on = 2; static int64_t low = -5, huge = 0x7fffffffffffffff; static uint8_t byte = 200; static int16_t half = -2; static uint64_t all = -1;
static char *text = "a caf\\303\\251", *none;
static const char *const names[] = { "red", "dark-blue" };
static const QEnumLookup colours = { .array = names, .size = 2 };
static int colour = 1;
typedef struct Pair { struct Pair *next; int64_t value; } Pair;
static Pair last = { NULL, 8 }, first = { &last, 7 };

void get_bool(Visitor *v) { visit_type_bool(v, "x", &on, NULL); }
void get_low(Visitor *v) { visit_type_int(v, "x", &low, NULL); }
void get_huge(Visitor *v) { visit_type_int(v, "x", &huge, NULL); }
void get_byte(Visitor *v) { visit_type_uint8(v, "x", &byte, NULL); }
void get_half(Visitor *v) { visit_type_int16(v, "x", &half, NULL); }
void get_all(Visitor *v) { visit_type_uint64(v, "x", &all, NULL); }
void get_text(Visitor *v) { visit_type_str(v, "x", &text, NULL); }
void get_none(Visitor *v) { visit_type_str(v, "x", &none, NULL); }
void get_colour(Visitor *v) { visit_type_enum(v, "x", &colour, &colours, NULL); }
void get_nothing(Visitor *v) { }
void get_struct(Visitor *v)
{
    void *obj;
    GenericList *list, *tail;
    visit_start_struct(v, "outer", &obj, 8, NULL);
    visit_type_int(v, "low", &low, NULL);
    visit_start_struct(v, "inner", &obj, 8, NULL);
    visit_type_bool(v, "on", &on, NULL);
    visit_check_struct(v, NULL);
    visit_end_struct(v, &obj);
    list = (GenericList *)&first;
    visit_start_list(v, "values", &list, sizeof(Pair), NULL);
    for (tail = list; tail; tail = visit_next_list(v, tail, sizeof(Pair))) {
        visit_type_int(v, NULL, &((Pair *)tail)->value, NULL);
    }
    visit_check_list(v, NULL);
    visit_end_list(v, (void **)&list);
    visit_check_struct(v, NULL);
    visit_end_struct(v, &obj);
}
int of_its_own(void)
{
    Visitor v = { 3 };
    visit_type_bool(&v, "x", &on, NULL);
    return v.seen;
}
void set_text(char *t) { text = t; }
int64_t *where_low(void) { return &low; }
`;

describe('the visitor that reads properties', () => {
  let program: Program;
  let reader: Reader;
  before(() => {
    program = programOf({ 'visitor.h': NEW, 'visitor.c': NEW_CODE });
    reader = new Reader(program);
    program.load('visitor.c');
  });
  const read = (getter: string): Visited | undefined => reader.read((visitor) => { program.call(getter, visitor); });

  it('reads numbers of every size exactly, large ones as bigint', () => {
    expect(['get_low', 'get_byte', 'get_half'].map(read)).to.deep.equal([-5, 200, -2]);
    expect(read('get_huge')).to.equal(0x7fff_ffff_ffff_ffffn);
    expect(read('get_all')).to.equal(0xffff_ffff_ffff_ffffn);
  });

  it('reads booleans, text, and enumerations by name', () => {
    expect(read('get_bool')).to.equal(true);
    expect(read('get_text')).to.equal('a café');
    expect(read('get_none')).to.equal('');
    expect(read('get_colour')).to.equal('dark-blue');
  });

  it('reads structs and lists, one in the other', () => {
    expect(read('get_struct')).to.deep.equal({ low: -5, inner: { on: true }, values: [7, 8] });
  });

  it('tells a getter that gives nothing', () => {
    expect(read('get_nothing')).to.equal(undefined);
  });

  it('keeps what is not known', () => {
    const address = program.call('where_low') as number;
    const before = program.memory.load(address, 8);
    const unknown = new Unknown({ kind: 'host', what: 'the weather', at: undefined });
    program.memory.store(address, 8, unknown);
    expect(read('get_low')).to.equal(unknown);
    expect((read('get_struct') as { low: unknown }).low).to.equal(unknown);
    program.memory.store(address, 8, before);
    const text = program.memory.allocateCString('abc');
    program.memory.store(text + 1, 1, unknown);
    program.call('set_text', text);
    expect(read('get_text')).to.be.instanceOf(Unknown);
  });

  it("leaves the tree's own visitors to the tree", () => {
    expect(program.call('of_its_own')).to.equal(103);
  });

  it('takes the name behind the object where the prototype has it there', () => {
    const old = programOf({ 'old.c': `
      typedef struct Visitor Visitor;
      void visit_type_int(Visitor *v, int64_t *obj, const char *name, Error **errp);
      void visit_type_str(Visitor *v, char **obj, const char *name, Error **errp);
      void visit_type_enum(Visitor *v, int *obj, const char *strings[], const char *kind, const char *name, Error **errp);
      void visit_start_struct(Visitor *v, void **obj, const char *kind, const char *name, size_t size, Error **errp);
      void visit_end_struct(Visitor *v, Error **errp);
      static const char *strings[] = { "one", "two", NULL };
      void get(Visitor *v)
      {
          int64_t number = 42;
          char *text = "abc";
          int choice = 1;
          visit_start_struct(v, NULL, "Thing", "thing", 0, NULL);
          visit_type_int(v, &number, "number", NULL);
          visit_type_str(v, &text, "text", NULL);
          visit_type_enum(v, &choice, strings, "Choice", "choice", NULL);
          visit_end_struct(v, NULL);
      }` });
    const visitor = new Reader(old);
    old.load('old.c');
    const value = visitor.read((handle) => { old.call('get', handle); });
    expect(value).to.include({ number: 42, text: 'abc' });
    expect(value).to.deep.equal({ number: 42, text: 'abc', choice: 'two' });
  });
});
