import { expect } from 'chai';
import { Unknown } from '../../analyzer/c/unknown.js';
import { readQapi } from '../../analyzer/qom/qapi/index.js';
import { generatorOf, programOf } from './qapi-fixture.js';

const ZOO = `
  { 'enum': 'Colour', 'data': [ 'red', 'dark-blue' ] }
  { 'struct': 'Cage', 'data': { 'name': 'str', '*colour': 'Colour', '*static': 'uint8' } }
  { 'struct': 'Animal', 'base': 'Cage', 'data': { 'legs': 'uint64', '*nick': 'str', '*marks': ['Colour'], '*home': 'Cage', 'weights': ['number'] } }
  { 'struct': 'Snake', 'data': { 'length': 'int16' } }
  { 'struct': 'Bird', 'data': { 'flies': 'bool', 'extra': 'any' } }
  { 'enum': 'AnimalKind2', 'prefix': 'AK', 'data': [ 'snake', 'bird', 'none' ] }`;

const NEW_ZOO = `${ZOO}
  { 'union': 'Beast', 'base': { 'kind': 'AnimalKind2', '*tag': 'str' }, 'discriminator': 'kind', 'data': { 'snake': 'Snake', 'bird': 'Bird' } }
  { 'alternate': 'BeastRef', 'data': { 'id': 'str', 'number': 'int', 'beast': 'Snake' } }
  { 'struct': 'Pair', 'data': { 'beast': 'Beast', 'refs': ['BeastRef'] } }
  { 'command': 'query-animals', 'data': { '*colour': 'Colour', '*nick': 'str' }, 'returns': ['Animal'] }
  { 'event': 'ANIMAL_LOST', 'data': { 'name': 'str' } }`;

const NEW_HEADERS = {
  'include/qapi/util.h': `typedef enum { QAPI_DEPRECATED, QAPI_UNSTABLE } QapiSpecialFeature;
    typedef struct QEnumLookup { const char *const *array; const unsigned char *const special_features; const int size; } QEnumLookup;
    const char *qapi_enum_lookup(const QEnumLookup *lookup, int value);`,
  'include/qapi/visitor.h': `typedef struct Visitor Visitor;
    typedef struct GenericList GenericList; struct GenericList { GenericList *next; };
    typedef struct GenericAlternate GenericAlternate;
    bool visit_start_struct(Visitor *v, const char *name, void **obj, size_t size, Error **errp);
    bool visit_check_struct(Visitor *v, Error **errp);
    void visit_end_struct(Visitor *v, void **obj);
    bool visit_start_list(Visitor *v, const char *name, GenericList **list, size_t size, Error **errp);
    GenericList *visit_next_list(Visitor *v, GenericList *tail, size_t size);
    bool visit_check_list(Visitor *v, Error **errp);
    void visit_end_list(Visitor *v, void **list);
    bool visit_start_alternate(Visitor *v, const char *name, GenericAlternate **obj, size_t size, Error **errp);
    void visit_end_alternate(Visitor *v, void **obj);
    bool visit_optional(Visitor *v, const char *name, bool *present);
    bool visit_policy_reject(Visitor *v, const char *name, unsigned special_features, Error **errp);
    bool visit_policy_skip(Visitor *v, const char *name, unsigned special_features);
    bool visit_type_enum(Visitor *v, const char *name, int *obj, const QEnumLookup *lookup, Error **errp);
    bool visit_type_int(Visitor *v, const char *name, int64_t *obj, Error **errp);
    bool visit_type_any(Visitor *v, const char *name, QObject **obj, Error **errp);
    bool visit_type_null(Visitor *v, const char *name, QNull **obj, Error **errp);`,
};

const NEW = { 'qapi/qapi-schema.json': "{ 'include': 'zoo.json' }", 'qapi/zoo.json': NEW_ZOO, ...NEW_HEADERS };

const FILL = `
  Cage home = { .name = "home" };
  static numberList weights = { .value = 2.5 };
  static ColourList last = { .value = COLOUR_RED }, first = { .next = &last, .value = COLOUR_DARK_BLUE };`;

describe('C from the QAPI schema', () => {
  describe('in the newest form', () => {
    const source = `#include "qapi/qapi-types-zoo.h"
      #include "qapi/qapi-commands-zoo.h"
      ${FILL}
      Animal full = { .name = "rex", .has_colour = true, .colour = COLOUR_DARK_BLUE, .has_q_static = true, .q_static = 7,
                      .legs = 0xfffffffffffffffful, .nick = "r", .has_marks = true, .marks = &first, .home = &home, .weights = &weights };
      Animal bare = { .name = "tom", .legs = 4 };
      AnimalList list2 = { .value = &bare }, list = { .value = &full, .next = &list2 };
      Beast snake = { .kind = AK_SNAKE, .tag = "t", .u.snake.length = -3 };
      Beast none = { .kind = AK_NONE };
      BeastRef text = { .type = QTYPE_QSTRING, .u.id = "x" }, number = { .type = QTYPE_QNUM, .u.number = 9 }, inner = { .type = QTYPE_QDICT, .u.beast.length = 1 };
      BeastRefList r3 = { .value = &inner }, r2 = { .value = &number, .next = &r3 }, r1 = { .value = &text, .next = &r2 };
      Pair pair = { .beast = &snake, .refs = &r1 };
      Bird bird = { .flies = true };
      int last_colour(void) { return COLOUR__MAX; }
      const char *colour_name(int i) { return Colour_lookup.array[i]; }
      int colours(void) { return Colour_lookup.size; }`;
    const files = { ...NEW, 'zoo.c': source };
    const qapi = generatorOf(files);
    const program = programOf(files, qapi);
    before(() => { program.load('zoo.c'); });
    const read = (type: string | [string], name: string) => readQapi(program, qapi.schema, type, program.addressOf(name));

    it('has the members that the schema says, flags only where they are needed', () => {
      expect(program.hasMember('Animal', 'has_colour')).to.equal(true);
      expect(program.hasMember('Animal', 'has_marks')).to.equal(true);
      expect(program.hasMember('Animal', 'has_nick')).to.equal(false);
      expect(program.hasMember('Animal', 'has_home')).to.equal(false);
      expect(program.offsetOf('Animal', 'name')).to.equal(0);
    });

    it('names the values of enumerations', () => {
      expect(program.call('last_colour')).to.equal(2);
      expect(program.memory.cstring(Number(program.call('colour_name', 1)))).to.equal('dark-blue');
      expect(program.call('colours')).to.equal(2);
    });

    it('reads structs back as JSON', () => {
      expect(read(['Animal'], 'list')).to.deep.equal([
        { name: 'rex', colour: 'dark-blue', static: 7, legs: 0xffff_ffff_ffff_ffffn, nick: 'r', marks: ['dark-blue', 'red'], home: { name: 'home' }, weights: [2.5] },
        { name: 'tom', legs: 4, weights: [] },
      ]);
      expect(readQapi(program, qapi.schema, ['Animal'], 0)).to.deep.equal([]);
      expect(readQapi(program, qapi.schema, 'Animal', 0)).to.equal(undefined);
    });

    it('reads unions flat and alternates as what they hold', () => {
      expect(read('Pair', 'pair')).to.deep.equal({ beast: { kind: 'snake', tag: 't', length: -3 }, refs: ['x', 9, { length: 1 }] });
      expect(read('Beast', 'none')).to.deep.equal({ kind: 'none' });
    });

    it('asks for the values of other objects', () => {
      program.writeMember(program.addressOf('bird'), 'Bird', 'extra', 0x200000);
      const options = { object: (address: number) => `object at ${address}` };
      expect(readQapi(program, qapi.schema, 'Bird', program.addressOf('bird'), options)).to.deep.equal({ flies: true, extra: `object at ${0x200000}` });
    });

    it('leaves out what is not known, and says so', () => {
      const unknown = new Unknown({ kind: 'host', what: 'the host', at: undefined });
      const point = program.memory.checkpoint();
      program.writeMember(program.addressOf('bare'), 'Animal', 'legs', unknown);
      const paths: string[] = [];
      const json = readQapi(program, qapi.schema, ['Animal'], program.addressOf('list'), { onUnknown: (path) => paths.push(path) });
      program.memory.rollback(point);
      expect(json).to.have.nested.property('[1]').that.deep.equals({ name: 'tom', weights: [] });
      expect(paths).to.deep.equal(['[1].legs']);
    });

    it('visits the members in order, with the flags of optional ones', () => {
      const visited: string[] = [];
      const note = (what: string) => (_machine: unknown, args: unknown[]): number => {
        visited.push(`${what} ${program.memory.cstring(Number(args[1]))}`);
        return 1;
      };
      for (const name of ['str', 'uint8', 'uint64']) program.define(`visit_type_${name}`, note(name));
      program.define('visit_type_enum', note('enum'));
      program.define('visit_start_struct', note('{'));
      program.define('visit_check_struct', () => 1);
      program.define('visit_end_struct', () => { visited.push('}'); });
      program.define('visit_optional', (machine, args) => machine.memory.load(Number(args[2]), 1));
      const slot = program.memory.allocate(8);
      program.memory.store(slot, 8, program.addressOf('home'));
      const name = program.memory.allocateCString('cage');
      expect(program.call('visit_type_Cage', 0, name, slot, 0)).to.equal(1);
      expect(visited).to.deep.equal(['{ cage', 'str name', '}']);
      visited.length = 0;
      program.call('visit_type_Cage_members', 0, program.addressOf('full'), 0);
      expect(visited).to.deep.equal(['str name', 'enum colour', 'uint8 static']);
    });

    it('declares commands and events', () => {
      const squeeze = (text: string | undefined): string => text!.replace(/\s+/g, ' ');
      expect(squeeze(qapi.header('qapi/qapi-commands-zoo.h'))).to.include('AnimalList *qmp_query_animals(bool has_colour, Colour colour, const char *nick, Error **errp);');
      expect(squeeze(qapi.header('qapi/qapi-events-zoo.h'))).to.include('void qapi_event_send_animal_lost(const char *name);');
      expect(qapi.header('qapi/qapi-emit-events.h')).to.include('QAPI_EVENT_ANIMAL_LOST,');
    });

    it('has one header per schema file, and knows what is defined where', () => {
      expect(qapi.header('qapi/qapi-types-zoo.h')).to.include('#include "qapi/qapi-builtin-types.h"');
      expect(qapi.header('qapi/qapi-visit.h')).to.include('#include "qapi/qapi-visit-zoo.h"');
      expect(qapi.header('qapi/qapi-types-other.h')).to.equal(undefined);
      expect(qapi.header('qapi-types-zoo.h')).to.equal(qapi.header('qapi/qapi-types-zoo.h'));
      expect(qapi.definedIn('Colour_lookup')).to.equal('qapi/qapi-types-zoo.c');
      expect(qapi.definedIn('visit_type_AnimalList')).to.equal('qapi/qapi-visit-zoo.c');
      expect(qapi.definedIn('visit_type_strList')).to.equal('qapi/qapi-builtin-visit.c');
      expect(qapi.definedIn('visit_type_str')).to.equal(undefined);
    });
  });

  it('marks features where the tree has a place for them', () => {
    const schema = `{ 'enum': 'E', 'data': [ 'a', { 'name': 'b', 'features': ['deprecated', 'mine'] } ] }
      { 'struct': 'S', 'data': { 'x': { 'type': 'int', 'features': ['unstable'] } } }`;
    const qapi = generatorOf({ 'qapi/qapi-schema.json': schema, ...NEW_HEADERS });
    expect(qapi.source('qapi/qapi-types.c')).to.match(/\.special_features = \(const unsigned char\[E__MAX\]\) \{\s*\[E_B\] = 1u << QAPI_DEPRECATED,\s*\}/);
    expect(qapi.source('qapi/qapi-visit.c')).to.include('visit_policy_reject(v, "x", 1u << QAPI_UNSTABLE, errp)');
  });

  it('says which visitor function it does not know', () => {
    const header = NEW_HEADERS['include/qapi/visitor.h'].replace('size_t size, Error **errp);\n    bool visit_check', 'size_t size, int colour, Error **errp);\n    bool visit_check');
    const qapi = generatorOf({ ...NEW, 'include/qapi/visitor.h': header });
    expect(() => qapi.source('qapi/qapi-visit-zoo.c')).to.throw(/visit_start_struct\(\) has a parameter 'int colour'/);
  });

  describe('in the oldest form', () => {
    // What makes a generator old is what its text has and has not.
    const script = "fields({'base': base}); 'void *data;' 'uint64_t padding' structured qmp_marshal_input_ 'Monitor *mon' error_is_set(errp)";
    const schema = `${ZOO.replaceAll("'struct':", "'type':").replace(/,\s*'extra': 'any'/, '').replace("'prefix': 'AK', ", '')}
      { 'type': 'Tag', 'data': { 'id': 'str', 'kind': 'AnimalKind2' } }
      { 'union': 'Beast', 'base': 'Tag', 'discriminator': 'kind', 'data': { 'snake': 'Snake', 'bird': 'Bird' } }
      { 'union': 'Simple', 'data': { 'one-cage': 'Cage', 'text': 'str' } }
      { 'union': 'BeastRef', 'discriminator': {}, 'data': { 'id': 'str', 'beast': 'Beast' } }
      { 'type': 'Version', 'data': { 'zoo': { 'major': 'int', '*minor': 'int' }, 'package': 'str' } }
      { 'command': 'query-animals', 'data': { '*nick': 'str' }, 'returns': ['Animal'] }`;
    const source = `#include "qapi-types.h"
      #include "qmp-commands.h"
      ${FILL}
      Cage cage = { .name = "rex" };
      Animal animal = { .base = &cage, .legs = 4, .has_nick = true, .nick = "r", .weights = &weights };
      Snake long_one = { .length = 300 };
      Beast snake = { .kind = ANIMAL_KIND2_SNAKE, .id = "s", .snake = &long_one };
      Simple one = { .kind = SIMPLE_KIND_ONE_CAGE, .one_cage = &cage }, two = { .kind = SIMPLE_KIND_TEXT, .text = "t" };
      BeastRef ref = { .kind = BEAST_REF_KIND_BEAST, .beast = &snake };
      Version version = { .zoo = { .major = 2 }, .package = "p" };
      int colours(void) { return COLOUR_MAX; }
      const char *colour_name(int i) { return Colour_lookup[i]; }`;
    const header = `typedef struct Visitor Visitor;
      typedef struct GenericList { void *value; struct GenericList *next; } GenericList;
      void visit_start_struct(Visitor *v, void **obj, const char *kind, const char *name, size_t size, Error **errp);
      void visit_end_struct(Visitor *v, Error **errp);
      void visit_start_implicit_struct(Visitor *v, void **obj, size_t size, Error **errp);
      void visit_end_implicit_struct(Visitor *v, Error **errp);
      void visit_start_list(Visitor *v, const char *name, Error **errp);
      GenericList *visit_next_list(Visitor *v, GenericList **list, Error **errp);
      void visit_end_list(Visitor *v, Error **errp);
      void visit_optional(Visitor *v, bool *present, const char *name, Error **errp);
      void visit_get_next_type(Visitor *v, int *obj, const int *qtypes, const char *name, Error **errp);
      void visit_type_enum(Visitor *v, int *obj, const char *strings[], const char *kind, const char *name, Error **errp);
      void visit_type_int(Visitor *v, int64_t *obj, const char *name, Error **errp);`;
    const files = { 'qapi-schema.json': schema, 'scripts/qapi.py': script, 'include/qapi/visitor.h': header, 'zoo.c': source };
    const qapi = generatorOf(files);
    const program = programOf(files, qapi);
    const read = (type: string, name: string) => readQapi(program, qapi.schema, type, program.addressOf(name));

    it('has one header for all types', () => {
      expect(qapi.sources()).to.deep.equal(['qapi-types.c', 'qapi-visit.c']);
      expect(qapi.header('qapi/qapi-types-zoo.h')).to.equal(undefined);
      expect(qapi.header('qmp-commands.h')).to.include('AnimalList *qmp_query_animals(bool has_nick, const char *nick, Error **errp);');
    });

    it('counts and names the values of enumerations', () => {
      expect(program.call('colours')).to.equal(2);
      expect(program.memory.cstring(Number(program.call('colour_name', 0)))).to.equal('red');
      expect(program.call('colour_name', 2)).to.equal(0);
    });

    it('reads structs with a base behind a pointer, unions and nested structs', () => {
      expect(read('Animal', 'animal')).to.deep.equal({ name: 'rex', legs: 4, nick: 'r', weights: [2.5] });
      expect(read('Beast', 'snake')).to.deep.equal({ id: 's', kind: 'snake', length: 300 });
      expect(read('Simple', 'one')).to.deep.equal({ type: 'one-cage', data: { name: 'rex' } });
      expect(read('Simple', 'two')).to.deep.equal({ type: 'text', data: 't' });
      expect(read('BeastRef', 'ref')).to.deep.equal({ id: 's', kind: 'snake', length: 300 });
      expect(read('Version', 'version')).to.deep.equal({ zoo: { major: 2 }, package: 'p' });
    });

    it('visits with the name after the object', () => {
      const visited: string[] = [];
      program.define('visit_start_struct', (_machine, args) => { visited.push(`{ ${args[3] === 0 ? '' : program.memory.cstring(Number(args[3]))}`); });
      program.define('visit_end_struct', () => { visited.push('}'); });
      program.define('error_is_set', () => 0);
      for (const type of ['int', 'str']) program.define(`visit_type_${type}`, (_machine, args) => { visited.push(program.memory.cstring(Number(args[2]))); });
      program.define('visit_optional', () => undefined);
      const slot = program.memory.allocate(8);
      program.memory.store(slot, 8, program.addressOf('version'));
      program.call('visit_type_Version', 0, slot, program.memory.allocateCString('v'), 0);
      expect(visited).to.deep.equal(['{ v', '{ zoo', 'major', '}', 'package', '}']);
    });
  });
});
