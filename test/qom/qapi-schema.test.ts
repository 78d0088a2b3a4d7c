import { expect } from 'chai';
import { QapiError } from '../../analyzer/qom/qapi/index.js';
import { generatorOf } from './qapi-fixture.js';

function types(schema: string, ...defined: string[]): string[] {
  const { types: all } = generatorOf({ 'qapi/qapi-schema.json': schema }, ...defined).schema;
  return [...all.values()].filter((type) => 'module' in type && type.module !== '').map((type) => type.name);
}

describe('the QAPI schema', () => {
  it('is read with comments, documentation, pragmas and escapes', () => {
    const schema = `
      # a comment with 'quotes' and { braces
      ##
      # @Colour: documentation
      ##
      { 'pragma': { 'doc-required': false } }
      { 'enum': 'Colour', 'data': [ 'red', # here too
                                    'dark-blue' ] } { 'struct': 'Empty', 'data': { } }
      { 'command': 'back\\\\slash', 'data': {} }`;
    const { schema: read } = generatorOf({ 'qapi/qapi-schema.json': schema });
    expect(read.type('Colour')).to.deep.include({ kind: 'enum', members: [{ name: 'red', features: [] }, { name: 'dark-blue', features: [] }] });
    expect(read.object('Empty').members).to.deep.equal([]);
    expect(read.commands.map((command) => command.name)).to.deep.equal(['back\\slash']);
  });

  it('follows includes relative to the file, each file once', () => {
    const files = {
      'qapi/qapi-schema.json': "{ 'include': 'one.json' } { 'include': 'sub/two.json' }",
      'qapi/one.json': "{ 'struct': 'One', 'data': { 'two': 'Two' } } { 'include': 'sub/two.json' }",
      'qapi/sub/two.json': "{ 'include': '../one.json' } { 'struct': 'Two', 'data': { } }",
    };
    const { schema } = generatorOf(files);
    expect(schema.modules).to.deep.equal(['qapi/qapi-schema.json', 'qapi/one.json', 'qapi/sub/two.json']);
    expect(schema.includes.get('qapi/sub/two.json')).to.deep.equal(['qapi/one.json']);
    expect(schema.types.has('Two')).to.equal(true);
  });

  it("leaves out what its 'if' leaves out, in every form of conditions", () => {
    const schema = `
      { 'struct': 'Bare', 'data': {}, 'if': 'CONFIG_A' }
      { 'struct': 'Text', 'data': {}, 'if': 'defined(CONFIG_A) && !(defined(CONFIG_B) || defined CONFIG_C)' }
      { 'struct': 'List', 'data': {}, 'if': ['defined(CONFIG_A)', 'defined(CONFIG_B)'] }
      { 'struct': 'All', 'data': {}, 'if': { 'all': ['CONFIG_A', { 'not': 'CONFIG_B' }] } }
      { 'struct': 'Any', 'data': {}, 'if': { 'any': ['CONFIG_B', 'CONFIG_C'] } }`;
    expect(types(schema, 'CONFIG_A')).to.deep.equal(['Bare', 'Text', 'All']);
    expect(types(schema, 'CONFIG_A', 'CONFIG_B')).to.deep.equal(['Bare', 'List', 'Any']);
    expect(types(schema)).to.deep.equal([]);
  });

  it('leaves out members, branches and constants too', () => {
    const schema = `
      { 'enum': 'Kind', 'data': [ 'a', { 'name': 'b', 'if': 'CONFIG_B' }, 'c' ] }
      { 'struct': 'S', 'data': { 'x': 'int', '*y': { 'type': ['str'], 'if': 'CONFIG_B' } } }
      { 'union': 'U', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'a': 'S', 'b': { 'type': 'S', 'if': 'CONFIG_B' } } }`;
    const without = generatorOf({ 'qapi/qapi-schema.json': schema }).schema;
    expect(without.object('S').members.map((member) => member.name)).to.deep.equal(['x']);
    expect(without.object('U').variants!.branches.map((branch) => branch.name)).to.deep.equal(['a']);
    expect(without.type('Kind')).to.have.property('members').with.length(2);
    const present = generatorOf({ 'qapi/qapi-schema.json': schema }, 'CONFIG_B').schema;
    expect(present.object('S').members[1]).to.include({ name: 'y', type: 'strList', optional: true });
    expect(present.type('Kind')).to.have.property('members').with.length(3);
  });

  const faults: [string, string, RegExp][] = [
    ['a missing brace', "{ 'struct': 'S',\n 'data': { 'x': 'int'", /^qapi\/qapi-schema\.json:2: expected ',' or '\}'$/],
    ['an open string', "\n{ 'struct: 1\n }", /^qapi\/qapi-schema\.json:2: missing terminating/],
    ['an unknown expression', "{ 'class': 'X' }", /^qapi\/qapi-schema\.json:1: an expression of an unknown kind$/],
    ['a condition that is no condition', "{ 'struct': 'S', 'data': {}, 'if': 'CONFIG_A +' }", /cannot evaluate the condition 'CONFIG_A \+'/],
    ['a file that is not there', "\n\n{ 'include': 'gone.json' }", /^qapi\/qapi-schema\.json:3: there is no schema file qapi\/gone\.json$/],
    ['a duplicate key', "{ 'struct': 'S', 'struct': 'T' }", /duplicate key 'struct'/],
  ];
  for (const [what, schema, message] of faults) {
    it(`says where ${what} is`, () => {
      expect(() => generatorOf({ 'qapi/qapi-schema.json': schema })).to.throw(QapiError, message);
    });
  }

  it('is missed in a tree that has none', () => {
    expect(() => generatorOf({})).to.throw(QapiError, /no QAPI schema/);
  });
});
