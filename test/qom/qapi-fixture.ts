import { Program } from '../../analyzer/c/program.js';
import { QapiGenerator } from '../../analyzer/qom/qapi/index.js';
import type { SourceTree } from '../../analyzer/source/tree.js';

/** A tree of a few files. */
export function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  return {
    origin: 'test',
    has: (path) => path in files,
    read: (path) => files[path],
    list: (directory) => {
      const names = Object.keys(files).filter((path) => path.startsWith(`${directory}/`)).map((path) => path.slice(directory.length + 1));
      return [...new Set(names.map((name) => (name.includes('/') ? `${name.split('/')[0]!}/` : name)))].sort();
    },
  };
}

export function generatorOf(files: Readonly<Record<string, string>>, ...defined: string[]): QapiGenerator {
  return new QapiGenerator(treeOf(files), (macro) => defined.includes(macro));
}

const PRELUDE = `
typedef signed char int8_t; typedef short int16_t; typedef int int32_t; typedef long int64_t;
typedef unsigned char uint8_t; typedef unsigned short uint16_t; typedef unsigned int uint32_t; typedef unsigned long uint64_t;
typedef unsigned long size_t;
#define bool _Bool
#define true 1
#define false 0
#define NULL ((void *)0)
#define assert(x) ((void)0)
#define G_DEFINE_AUTOPTR_CLEANUP_FUNC(t, f)
typedef struct QObject QObject; typedef struct QNull QNull; typedef struct QDict QDict; typedef struct Error Error;
void abort(void); void error_propagate(Error **to, Error *error); void error_setg(Error **errp, const char *format, ...);
`;

/** The tree's C files and what is generated from its schema, as a program. */
export function programOf(files: Readonly<Record<string, string>>, qapi: QapiGenerator): Program {
  const tree = treeOf(files);
  const defines = (name: string): string | undefined => Object.keys(files).find((path) => path.endsWith('.c') && new RegExp(`\\b${name}\\b`).test(files[path]!));
  const program = new Program({
    read: (path) => tree.read(path),
    has: (path) => tree.has(path),
    includePath: ['include', ''],
    generated: (name) => qapi.header(name) ?? (/^std|osdep|common/.test(name) ? '' : undefined),
    prelude: { path: '<prelude>', text: PRELUDE },
    definedIn: (name) => qapi.definedIn(name) ?? defines(name),
    generatedSource: (path) => qapi.source(path),
  });
  program.define('error_propagate', () => undefined);
  program.define('abort', () => { throw new Error('abort()'); });
  return program;
}
