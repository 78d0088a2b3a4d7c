import { QapiError } from './error.js';
import type { SchemaValue } from './schema-parser.js';

/** Is this configuration macro (CONFIG_X, TARGET_X) defined in the build? */
export type IsDefined = (macro: string) => boolean;

/**
 * Does the value of an 'if' hold? The schema has had three forms: a preprocessor condition in a string or a list
 * of them that must all hold, a bare macro name, and objects with 'all', 'any' and 'not'.
 * @throws QapiError if it is none of them
 */
export function conditionHolds(condition: SchemaValue | undefined, isDefined: IsDefined, where: () => string): boolean {
  if (condition === undefined || condition === null) return true;
  if (typeof condition === 'string') return new PreprocessorCondition(condition, isDefined, where).value();
  if (Array.isArray(condition)) return condition.every((part) => conditionHolds(part, isDefined, where));
  if (condition instanceof Map && condition.size === 1) {
    const [operator, operand] = [...condition][0]!;
    if (operator === 'not') return !conditionHolds(operand, isDefined, where);
    if (operator === 'all' && Array.isArray(operand)) return operand.every((part) => conditionHolds(part, isDefined, where));
    if (operator === 'any' && Array.isArray(operand)) return operand.some((part) => conditionHolds(part, isDefined, where));
  }
  throw new QapiError(`${where()}: an 'if' condition of an unknown form`);
}

/** `defined(X)`, a bare name, `!`, `&&`, `||` and parentheses. */
class PreprocessorCondition {
  private readonly tokens: string[];
  private next = 0;

  constructor(private readonly text: string, private readonly isDefined: IsDefined, private readonly where: () => string) {
    this.tokens = text.match(/\w+|&&|\|\||[!()]|\S/g) ?? [];
  }

  value(): boolean {
    const value = this.either();
    if (this.next !== this.tokens.length) throw this.error();
    return value;
  }

  private either(): boolean {
    let value = this.both();
    while (this.accept('||')) value = this.both() || value;
    return value;
  }

  private both(): boolean {
    let value = this.unary();
    while (this.accept('&&')) value = this.unary() && value;
    return value;
  }

  private unary(): boolean {
    if (this.accept('!')) return !this.unary();
    if (this.accept('(')) {
      const value = this.either();
      this.expect(')');
      return value;
    }
    if (this.accept('defined')) {
      const parenthesis = this.accept('(');
      const value = this.isDefined(this.name());
      if (parenthesis) this.expect(')');
      return value;
    }
    return this.isDefined(this.name());
  }

  private name(): string {
    const token = this.tokens[this.next];
    if (token === undefined || !/^[A-Za-z_]\w*$/.test(token)) throw this.error();
    this.next++;
    return token;
  }

  private accept(token: string): boolean {
    if (this.tokens[this.next] !== token) return false;
    this.next++;
    return true;
  }

  private expect(token: string): void {
    if (!this.accept(token)) throw this.error();
  }

  private error(): QapiError {
    return new QapiError(`${this.where()}: cannot evaluate the condition '${this.text}'`);
  }
}
