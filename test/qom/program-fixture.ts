import { Program } from '../../analyzer/c/program.js';
import { externalNames } from '../../analyzer/source/facts.js';

const TYPES = `
typedef signed char int8_t; typedef short int16_t; typedef int int32_t; typedef long int64_t;
typedef unsigned char uint8_t; typedef unsigned short uint16_t; typedef unsigned int uint32_t; typedef unsigned long uint64_t;
typedef unsigned long size_t;
#define bool _Bool
#define true 1
#define false 0
#define NULL ((void *)0)
#define offsetof(t, m) __builtin_offsetof(t, m)
typedef struct Error Error;
`;

/** C files as a program, without any part of QEMU. */
export function programOf(files: Readonly<Record<string, string>>): Program {
  return new Program({
    read: (path) => files[path],
    has: (path) => path in files,
    includePath: ['include', ''],
    generated: () => undefined,
    prelude: { path: '<prelude>', text: TYPES },
    definedIn: (name) => Object.keys(files).find((path) => path.endsWith('.c') && externalNames.of(files[path]!).split(' ').includes(name)),
  });
}
