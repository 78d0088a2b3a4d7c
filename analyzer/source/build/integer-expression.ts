const LEVELS: readonly (readonly string[])[] = [['||'], ['&&'], ['==', '!='], ['<', '>', '<=', '>='], ['+', '-'], ['*', '/', '%']];

/** C's integer expressions over numbers, as #if lines of test programs and $(( )) need them. @returns undefined if the text is not one. */
export function integerExpression(source: string): number | undefined {
  const tokens = source.match(/0x[\da-fA-F]+|\d+|&&|\|\||[<>=!]=|[-+*/%!<>()]/g) ?? [];
  let at = 0;

  const binary = (level: number): number => {
    const operators = LEVELS[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    for (;;) {
      const operator = tokens[at];
      if (operator === undefined || !operators.includes(operator)) return left;
      at++;
      left = apply(operator, left, binary(level + 1));
    }
  };

  const unary = (): number => {
    const token = tokens[at++];
    switch (token) {
      case undefined: return NaN;
      case '!': return unary() === 0 ? 1 : 0;
      case '-': return -unary();
      case '+': return unary();
      case '(': {
        const value = binary(0);
        at++;
        return value;
      }
      default: return Number(token);
    }
  };

  const value = binary(0);
  return at === tokens.length && !Number.isNaN(value) ? value : undefined;
}

function apply(operator: string, left: number, right: number): number {
  switch (operator) {
    case '||': return Number(left !== 0 || right !== 0);
    case '&&': return Number(left !== 0 && right !== 0);
    case '==': return Number(left === right);
    case '!=': return Number(left !== right);
    case '<': return Number(left < right);
    case '>': return Number(left > right);
    case '<=': return Number(left <= right);
    case '>=': return Number(left >= right);
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    case '/': return Math.trunc(left / right);
    default: return left % right;
  }
}
