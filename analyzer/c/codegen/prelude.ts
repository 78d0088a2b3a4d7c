import { StaticAddress, type FunctionCode } from './function-code.js';

/** Declarations for the names in a text: of the library H and of the constants K; the addresses of objects once they are known. */
export function prelude(fn: FunctionCode, text: string, always: readonly string[] = []): string {
  const helpers = new Set([...fn.helpers, ...always]);
  const constants = [...new Set(text.match(/\bk\d+\b/g))];
  const addresses = constants.filter((k) => fn.constants[Number(k.slice(1))] instanceof StaticAddress).map((k) => `o${k.slice(1)}=0`);
  return `'use strict';const {${[...helpers].join(',')}}=H${constants.map((k) => `,${k}=K[${k.slice(1)}]`).join('')};${addresses.length === 0 ? '' : `let ${addresses.join(',')};`}`;
}
