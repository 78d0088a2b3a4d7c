import { Code } from './lexer.js';
import type { PreprocessingToken, Token } from './token.js';

/** The expression of an #if cannot be evaluated. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';

  constructor(
    message: string,
    readonly at: Token | undefined,
  ) {
    super(message);
  }
}

/** An integer of type intmax_t or uintmax_t. */
interface Integer {
  readonly value: bigint;
  readonly unsigned: boolean;
}

const FALSE: Integer = { value: 0n, unsigned: false };
const TRUE: Integer = { value: 1n, unsigned: false };
const BITS = 64;
const MAXIMUM = (1n << 63n) - 1n;

/**
 * Evaluate the controlling expression of #if or #elif (C11 6.10.1), macros already replaced: identifiers that are
 * left are 0, all types are intmax_t or uintmax_t.
 * @throws ConditionError if it is no integer constant expression
 */
export function evaluateCondition(tokens: readonly PreprocessingToken[]): boolean {
  if (tokens.length === 0) throw new ConditionError('#if with no expression', undefined);
  const parser = new ConditionParser(tokens);
  const result = parser.comma(true);
  parser.expectEnd();
  return result.value !== 0n;
}

/** Precedence of the binary operators, the tightest highest. */
const PRECEDENCE: ReadonlyMap<number, number> = new Map([
  [Code.OrOr, 1],
  [Code.AndAnd, 2],
  [Code.Or, 3],
  [Code.Xor, 4],
  [Code.And, 5],
  [Code.Equal, 6],
  [Code.NotEqual, 6],
  [Code.Less, 7],
  [Code.LessEqual, 7],
  [Code.Greater, 7],
  [Code.GreaterEqual, 7],
  [Code.ShiftLeft, 8],
  [Code.ShiftRight, 8],
  [Code.Plus, 9],
  [Code.Minus, 9],
  [Code.Star, 10],
  [Code.Slash, 10],
  [Code.Percent, 10],
]);

class ConditionParser {
  private position = 0;

  constructor(private readonly tokens: readonly PreprocessingToken[]) {}

  expectEnd(): void {
    const token = this.tokens[this.position];
    if (token !== undefined) throw new ConditionError(`unexpected "${token.text}" in #if`, token);
  }

  comma(evaluated: boolean): Integer {
    let result = this.conditional(evaluated);
    while (this.accept(Code.Comma)) result = this.conditional(evaluated);
    return result;
  }

  private conditional(evaluated: boolean): Integer {
    const condition = this.binary(1, evaluated);
    if (!this.accept(Code.Question)) return condition;
    const holds = condition.value !== 0n;
    const first = this.comma(evaluated && holds);
    this.expect(Code.Colon, ':');
    const second = this.conditional(evaluated && !holds);
    const chosen = holds ? first : second;
    return integer(chosen.value, first.unsigned || second.unsigned);
  }

  private binary(lowest: number, evaluated: boolean): Integer {
    let left = this.unary(evaluated);
    for (;;) {
      const operator = this.tokens[this.position];
      const precedence = operator === undefined ? undefined : PRECEDENCE.get(operator.code);
      if (operator === undefined || precedence === undefined || precedence < lowest) return left;
      this.position++;
      if (operator.code === Code.AndAnd) {
        const right = this.binary(precedence + 1, evaluated && left.value !== 0n);
        left = truth(left.value !== 0n && right.value !== 0n);
      } else if (operator.code === Code.OrOr) {
        const right = this.binary(precedence + 1, evaluated && left.value === 0n);
        left = truth(left.value !== 0n || right.value !== 0n);
      } else {
        left = compute(operator, left, this.binary(precedence + 1, evaluated), evaluated);
      }
    }
  }

  private unary(evaluated: boolean): Integer {
    const token = this.tokens[this.position++];
    if (token === undefined) throw new ConditionError('#if expression ends too early', this.tokens.at(-1));
    if (token.kind === 'identifier') return FALSE;
    switch (token.code) {
      case Code.Number:
        return parseInteger(token);
      case Code.Char:
        return { value: characterValue(token.text), unsigned: false };
      case Code.Plus:
        return this.unary(evaluated);
      case Code.Minus: {
        const operand = this.unary(evaluated);
        return integer(-operand.value, operand.unsigned);
      }
      case Code.Tilde: {
        const operand = this.unary(evaluated);
        return integer(~operand.value, operand.unsigned);
      }
      case Code.Not:
        return truth(this.unary(evaluated).value === 0n);
      case Code.LeftParen: {
        const inner = this.comma(evaluated);
        this.expect(Code.RightParen, ')');
        return inner;
      }
      default:
        throw new ConditionError(`"${token.text}" is not valid in #if`, token);
    }
  }

  private accept(code: number): boolean {
    if (this.tokens[this.position]?.code !== code) return false;
    this.position++;
    return true;
  }

  private expect(code: number, text: string): void {
    if (!this.accept(code)) {
      throw new ConditionError(`missing "${text}" in #if`, this.tokens[this.position] ?? this.tokens.at(-1));
    }
  }
}

function integer(value: bigint, unsigned: boolean): Integer {
  return { value: unsigned ? BigInt.asUintN(BITS, value) : BigInt.asIntN(BITS, value), unsigned };
}

function truth(holds: boolean): Integer {
  return holds ? TRUE : FALSE;
}

function compute(operator: Token & { code: number }, left: Integer, right: Integer, evaluated: boolean): Integer {
  if (operator.code === Code.ShiftLeft || operator.code === Code.ShiftRight) {
    const count = operator.code === Code.ShiftLeft ? right.value : -right.value;
    return integer(shift(left.value, count), left.unsigned);
  }
  // the usual arithmetic conversions
  const unsigned = left.unsigned || right.unsigned;
  const a = unsigned ? BigInt.asUintN(BITS, left.value) : left.value;
  const b = unsigned ? BigInt.asUintN(BITS, right.value) : right.value;
  switch (operator.code) {
    case Code.Plus:
      return integer(a + b, unsigned);
    case Code.Minus:
      return integer(a - b, unsigned);
    case Code.Star:
      return integer(a * b, unsigned);
    case Code.Slash:
    case Code.Percent:
      if (b === 0n) {
        if (evaluated) throw new ConditionError('division by zero in #if', operator);
        return { value: 0n, unsigned };
      }
      return integer(operator.code === Code.Slash ? a / b : a % b, unsigned);
    case Code.Or:
      return integer(a | b, unsigned);
    case Code.Xor:
      return integer(a ^ b, unsigned);
    case Code.And:
      return integer(a & b, unsigned);
    case Code.Equal:
      return truth(a === b);
    case Code.NotEqual:
      return truth(a !== b);
    case Code.Less:
      return truth(a < b);
    case Code.LessEqual:
      return truth(a <= b);
    case Code.Greater:
      return truth(a > b);
    default:
      return truth(a >= b);
  }
}

/** Shift left, or right for a negative count. */
function shift(value: bigint, count: bigint): bigint {
  if (count >= 0n) return count >= BITS ? 0n : value << count;
  return count <= -BITS ? (value < 0n ? -1n : 0n) : value >> -count;
}

function parseInteger(token: Token): Integer {
  const match = /^(0[xX][0-9a-fA-F']+|0[bB][01']+|[0-9][0-9']*)([uUlLzZ]*)$/.exec(token.text);
  const suffix = match?.[2]?.toLowerCase() ?? '';
  if (match === null || !/^(u?(l|ll|z)?|(l|ll|z)u)$/.test(suffix)) {
    throw new ConditionError(`"${token.text}" is not an integer`, token);
  }
  const digits = match[1]!.replaceAll("'", '');
  const octal = /^0[0-9]+$/.test(digits);
  if (octal && /[89]/.test(digits)) throw new ConditionError(`"${token.text}" is not an integer`, token);
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  return { value: BigInt.asUintN(BITS, value), unsigned: suffix.includes('u') || value > MAXIMUM };
}

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11,
};

/** A character constant: plain char is signed, several characters make one int as GCC makes it. */
function characterValue(spelling: string): bigint {
  const open = spelling.indexOf("'");
  const wide = open > 0;
  const bytes: number[] = [];
  const body = spelling.slice(open + 1, -1);
  const pattern = /\\x([0-9a-fA-F]+)|\\([0-7]{1,3})|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\(.)|([^])/gu;
  for (const [, hex, octal, short, long, escape, plain] of body.matchAll(pattern)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (escape !== undefined) bytes.push(ESCAPES[escape] ?? escape.codePointAt(0)!);
    else {
      const point = plain?.codePointAt(0) ?? Number.parseInt((short ?? long)!, 16);
      if (wide) bytes.push(point);
      else bytes.push(...new TextEncoder().encode(String.fromCodePoint(point)));
    }
  }
  if (wide) return BigInt(bytes.at(-1) ?? 0);
  if (bytes.length === 1) return BigInt.asIntN(8, BigInt(bytes[0]!));
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte & 0xff);
  return BigInt.asIntN(32, value);
}
