import type { SourceTree } from '../../source/tree.js';

/**
 * What the C that a tree's QAPI generator makes looks like. The generator has changed a lot over the years; each
 * difference is read off the tree itself: the text of its generator scripts (scripts/qapi*), and its headers.
 * A tree without generator scripts is taken to have the newest form.
 */
export interface Dialect {
  /** The schema's entry file. */
  readonly entry: string;
  /** One header per schema file (qapi/qapi-types-X.h), or one for all (qapi-types.h)? */
  readonly modular: boolean;
  /** Identifiers that get a "q_" in front, because C, C++ or a platform's macros have them. */
  readonly protectedWords: ReadonlySet<string>;
  /** Where words begin in a CamelCase type name: also after digits, or only where the case changes. */
  readonly wordsAfterDigits: boolean;
  /** The name of an enumeration constant: the member's name as it is, also split into words, or split together with the type's. */
  readonly enumMemberWords: 'verbatim' | 'split' | 'joined';
  /** A 'prefix' is used as it is, or split into words like a type name. */
  readonly splitPrefix: boolean;
  /** The name that the count of an enumeration's constants has as a member: "_MAX" (COLOR__MAX) or "MAX" (COLOR_MAX). */
  readonly countName: string;
  /** `union { T value; uint64_t padding; }` before `next` in list types. */
  readonly paddedLists: boolean;
  /** Every type has a list type, or only those that the schema uses in arrays. */
  readonly listsOfAll: boolean;
  /** An object in place of a member's type is a struct without a name, not a type with attributes. */
  readonly nestedStructs: boolean;
  /** The base is a pointer member `base`, or its members come first. */
  readonly boxedBase: boolean;
  /** A union's branches are in a member `u` after the discriminator's own member, or in an anonymous one after `kind`. */
  readonly namedUnion: boolean;
  /** A union's branches are pointers, or structs inline. */
  readonly boxedBranches: boolean;
  /** Optional pointers have no has_ member (lists excepted). */
  readonly pointersWithoutHas: boolean;
  /** The members of QType, where it is a QAPI type. */
  readonly qtypes: readonly string[] | undefined;
  /** Enumerations' names are in a QEnumLookup. */
  readonly lookupStruct: boolean;
  /** Without it: the pointers in the arrays of names are const. */
  readonly constLookup: boolean;
  /** The member of QEnumLookup that holds features, and its element type. */
  readonly lookupFeatures: { readonly member: string; readonly element: string } | undefined;
  /** Features with a meaning of their own ("deprecated" ...). */
  readonly specialFeatures: readonly string[];
  /** All features have a constant in qapi-features.h, not only the special ones. */
  readonly featureConstants: boolean;
  /** G_DEFINE_AUTOPTR_CLEANUP_FUNC() for every type. */
  readonly autoptr: boolean;
  /** Functions that send events can fail: they have an `Error **errp`. */
  readonly eventErrors: boolean;
  /** The order of QAPIEvent: module by module, as the schema defines them, or by name. */
  readonly eventOrder: 'modules' | 'schema' | 'name';
  /** The message for a value of a type that an alternate does not take is a macro, not in place. */
  readonly invalidTypeMacro: boolean;
  /** QAPIEvent is in a header of its own, qapi-emit-events.h. */
  readonly emitEvents: boolean;
  /** The function that registers all commands is in a header of its own, qapi-init-commands.h. */
  readonly initCommands: boolean;
  /** Does a visit function return at once if an error is set already? */
  readonly checksErrorFirst: boolean;
  /** How the prototype of a command's marshaller looks. */
  readonly marshal: 'monitor' | 'input' | 'plain';
  /** Generated code includes qemu/osdep.h first. Before, headers included what they need of the C library themselves. */
  readonly osdep: boolean;
}

const NEW_ENTRY = 'qapi/qapi-schema.json';
const OLD_ENTRY = 'qapi-schema.json';

const RESERVED = `auto break case char const continue default do double else enum extern float for goto if int long register
  return short signed sizeof static struct switch typedef union unsigned void volatile while inline restrict _Bool _Complex
  _Imaginary _Alignas _Alignof _Atomic _Generic _Noreturn _Static_assert _Thread_local asm typeof bool catch class const_cast
  delete dynamic_cast explicit false friend mutable namespace new operator private protected public reinterpret_cast
  static_cast template this throw true try typeid typename using virtual wchar_t and and_eq bitand bitor compl not not_eq or
  or_eq xor xor_eq unix errno mips sparc i386 linux`.split(/\s+/);

/** Find out how the tree's generator writes C; undefined if the tree has no schema. */
export function detectDialect(tree: SourceTree): Dialect | undefined {
  const entry = [NEW_ENTRY, OLD_ENTRY].find((path) => tree.has(path));
  if (entry === undefined) return undefined;
  const scripts = generatorScripts(tree);
  const known = scripts !== '';
  const says = (pattern: RegExp, otherwise: boolean): boolean => (known ? pattern.test(scripts) : otherwise);
  const visitor = tree.read('include/qapi/visitor.h') ?? '';
  const lookup = enumLookup(tree.read('include/qapi/util.h') ?? '');
  const camel = functionBody(scripts, 'camel_to_upper') ?? functionBody(scripts, '_generate_enum_string');
  const constant = functionBody(scripts, 'c_enum_const') ?? functionBody(scripts, 'generate_enum_full_value') ?? '';
  return {
    entry,
    modular: says(/Modular/, entry === NEW_ENTRY),
    protectedWords: new Set(known ? reservedWords(scripts) : RESERVED),
    wordsAfterDigits: camel?.includes('isdigit') ?? false,
    enumMemberWords: /camel_to_upper\(type_name \+/.test(constant) ? 'joined' : /_generate_enum_string\(enum_value\)/.test(constant) ? 'split' : 'verbatim',
    splitPrefix: /type_name = prefix/.test(constant),
    countName: says(/'_MAX'/, true) ? '_MAX' : 'MAX',
    paddedLists: says(/uint64_t padding/, false),
    listsOfAll: !says(/class QAPISchemaVisitor/, true),
    nestedStructs: says(/\bstructured\b/, false),
    boxedBase: says(/\{'base': base\}/, false),
    namedUnion: says(/\} u;/, true),
    boxedBranches: says(/void \*data;/, false),
    pointersWithoutHas: says(/def need_has/, true),
    qtypes: says(/'QType'/, true) ? qtypeMembers(scripts) : undefined,
    lookupStruct: lookup.struct || (visitor === '' && !known),
    constLookup: /\*\s*const\s+strings\[\]/.test(visitor),
    lookupFeatures: lookup.features,
    specialFeatures: lookup.specialFeatures,
    featureConstants: lookup.features?.member === 'features',
    autoptr: says(/G_DEFINE_AUTOPTR_CLEANUP_FUNC/, true),
    eventErrors: /Error \*\*errp/.test(eventScript(tree)),
    eventOrder: says(/class QAPISchemaModule\b/, true) ? 'modules' : says(/sorted\(self\._entity/, false) ? 'name' : 'schema',
    invalidTypeMacro: says(/QERR_INVALID_PARAMETER_TYPE/, false),
    emitEvents: says(/emit-events|'emit'/, true),
    initCommands: says(/init-commands|'\.\/init'|'init'/, true),
    checksErrorFirst: says(/error_is_set\(errp\)/, false),
    marshal: !says(/qmp_marshal_input_/, false) ? 'plain' : says(/Monitor \*mon/, false) ? 'monitor' : 'input',
    osdep: says(/qemu\/osdep\.h/, true),
  };
}

function generatorScripts(tree: SourceTree): string {
  const directories = ['scripts', 'scripts/qapi'];
  return directories
    .flatMap((directory) => tree.list(directory)
      .filter((name) => name.endsWith('.py') && (directory !== 'scripts' || name.startsWith('qapi')) && !name.includes('introspect'))
      .map((name) => `${directory}/${name}`))
    .map((path) => tree.read(path) ?? '')
    .join('\n');
}

function eventScript(tree: SourceTree): string {
  return tree.read('scripts/qapi/events.py') ?? tree.read('scripts/qapi-event.py') ?? '';
}

function functionBody(scripts: string, name: string): string | undefined {
  const start = scripts.search(new RegExp(`^def ${name}\\(`, 'm'));
  if (start < 0) return undefined;
  const body = scripts.slice(scripts.indexOf('\n', start) + 1);
  const end = body.search(/^[^\s#)]/m);
  return end < 0 ? body : body.slice(0, end);
}

/** The words in assignments like `c89_words = set(['auto', ...])`. */
function reservedWords(scripts: string): string[] {
  const words: string[] = [];
  for (const match of scripts.matchAll(/\b\w+_words\s*=\s*(?:frozen)?(?:set\(\[|\{)([^\]}]*)/g)) {
    for (const word of match[1]!.matchAll(/'(\w+)'/g)) words.push(word[1]!);
  }
  return words.length > 0 ? words : RESERVED;
}

function qtypeMembers(scripts: string): string[] {
  const list = /\[\s*('none',[^\]]*)\]/.exec(scripts)?.[1];
  const names = list === undefined ? [] : [...list.matchAll(/'(\w+)'/g)].map((match) => match[1]!);
  return names.length > 0 ? names : ['none', 'qnull', 'qnum', 'qstring', 'qdict', 'qlist', 'qbool'];
}

function enumLookup(header: string): { struct: boolean; features: Dialect['lookupFeatures']; specialFeatures: string[] } {
  const body = /struct QEnumLookup\s*\{([^}]*)\}/.exec(header)?.[1];
  const member = /const\s+(\w+(?:\s+\w+)?)\s*\*\s*(?:const\s+)?(\w*features)\s*;/.exec(body ?? '');
  const special = /enum\s*\w*\s*\{([^}]*)\}\s*QapiSpecialFeature/.exec(header)?.[1] ?? '';
  return {
    struct: body !== undefined,
    features: member === null ? undefined : { member: member[2]!, element: member[1]! },
    specialFeatures: [...special.matchAll(/QAPI_(\w+)/g)].map((match) => match[1]!.toLowerCase().replaceAll('_', '-')),
  };
}
