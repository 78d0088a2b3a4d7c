import type { SourceTree } from '../../source/tree.js';
import { QapiError } from './error.js';

const HEADER = 'include/qapi/visitor.h';

interface Prototype {
  readonly result: string;
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
}

/** The visitor functions that generated code calls, as the tree's own header declares them. */
export class VisitorApi {
  private readonly prototypes = new Map<string, Prototype>();

  constructor(tree: SourceTree) {
    const header = (tree.read(HEADER) ?? '').replace(/\/\*[^]*?\*\//g, ' ');
    for (const match of header.matchAll(/\b(void|bool|GenericList \*)\s*(visit_\w+)\(([^)]*)\)/g)) {
      const parameters = match[3]!.split(',').map((text) => {
        const declaration = text.replace(/\[\]/g, '').replace(/\s+/g, ' ').trim();
        return { name: /(\w+)$/.exec(declaration)?.[1] ?? '', type: declaration };
      });
      this.prototypes.set(match[2]!, { result: match[1]!, parameters });
    }
  }

  has(name: string): boolean {
    return this.prototypes.has(name);
  }

  /** Do visits tell by their result whether they succeeded? */
  get returnsBool(): boolean {
    return (this.prototypes.get('visit_type_int')?.result ?? 'bool') === 'bool';
  }

  /** Does the name come before the object, or after it? */
  get nameFirst(): boolean {
    const names = this.prototypes.get('visit_type_int')?.parameters.map((parameter) => parameter.name) ?? [];
    return names.indexOf('name') <= 1;
  }

  hasParameter(name: string, parameter: string): boolean {
    return this.prototypes.get(name)?.parameters.some((found) => found.name === parameter) ?? false;
  }

  result(name: string): string {
    return this.prototype(name).result;
  }

  /**
   * A call with the arguments in the order of the prototype, by the names of its parameters.
   * @throws QapiError if there is no such function, or it has a parameter that is not known here
   */
  call(name: string, args: Readonly<Record<string, string>>): string {
    const list = this.prototype(name).parameters.map((parameter) => {
      const argument = args[parameter.name];
      if (argument === undefined) throw new QapiError(`${HEADER}: ${name}() has a parameter '${parameter.type}' that the generator of visitors does not know`);
      return argument;
    });
    return `${name}(${list.join(', ')})`;
  }

  private prototype(name: string): Prototype {
    const prototype = this.prototypes.get(name);
    if (prototype === undefined) throw new QapiError(`${HEADER}: there is no declaration of ${name}()`);
    return prototype;
  }
}
