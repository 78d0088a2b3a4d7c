/** printf()'s conversions of floating numbers, with exact digits (C11 7.21.6.1p8), ties to even as glibc does. */
export function formatFloat(value: number, conversion: string, flags: string, precision: number | undefined): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const x = Math.abs(value);
  const kind = conversion.toLowerCase();
  let text: string;
  if (Number.isNaN(x)) text = 'nan';
  else if (x === Infinity) text = 'inf';
  else if (kind === 'f') text = fixed(x, precision ?? 6, flags.includes('#'));
  else if (kind === 'e') text = exponential(x, precision ?? 6, flags.includes('#'));
  else if (kind === 'g') text = general(x, precision ?? 6, flags.includes('#'));
  else text = hexadecimal(x, precision, flags.includes('#'));
  return conversion === kind ? sign + text : (sign + text).toUpperCase();
}

/** x as a fraction of integers. */
function fraction(x: number): { numerator: bigint; denominator: bigint } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xf_ffff_ffff_ffffn) | (exponent === 0 ? 0n : 1n << 52n);
  const power = BigInt((exponent === 0 ? 1 : exponent) - 1075);
  return power >= 0n ? { numerator: mantissa << power, denominator: 1n } : { numerator: mantissa, denominator: 1n << -power };
}

/** x * 10^scale, rounded to an integer, ties to even. */
function scaled(x: number, scale: number): bigint {
  let { numerator, denominator } = fraction(x);
  if (scale >= 0) numerator *= 10n ** BigInt(scale);
  else denominator *= 10n ** BigInt(-scale);
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  return twice > denominator || (twice === denominator && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}

function fixed(x: number, precision: number, point: boolean): string {
  const digits = scaled(x, precision).toString().padStart(precision + 1, '0');
  const whole = digits.slice(0, digits.length - precision);
  return precision === 0 ? whole + (point ? '.' : '') : `${whole}.${digits.slice(digits.length - precision)}`;
}

/** The digits d.ddd (precision + 1 of them) and the decimal exponent. */
function decimal(x: number, precision: number): { digits: string; exponent: number } {
  if (x === 0) return { digits: '0'.repeat(precision + 1), exponent: 0 };
  let exponent = Number(/e([-+]\d+)$/.exec(x.toExponential())![1]);
  let digits = scaled(x, precision - exponent).toString();
  if (digits.length < precision + 1) digits = scaled(x, precision - --exponent).toString();
  if (digits.length > precision + 1) digits = scaled(x, precision - ++exponent).toString();
  return { digits, exponent };
}

function exponential(x: number, precision: number, point: boolean): string {
  const { digits, exponent } = decimal(x, precision);
  const fractionPart = precision > 0 ? `.${digits.slice(1)}` : point ? '.' : '';
  return `${digits[0]}${fractionPart}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent).toString().padStart(2, '0')}`;
}

function general(x: number, precision: number, keepZeros: boolean): string {
  const significant = precision === 0 ? 1 : precision;
  const { exponent } = decimal(x, significant - 1);
  const text = exponent < -4 || exponent >= significant ? exponential(x, significant - 1, keepZeros) : fixed(x, significant - 1 - exponent, keepZeros);
  if (keepZeros) return text;
  const [mantissa, power] = text.split('e') as [string, string?];
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return power === undefined ? short : `${short}e${power}`;
}

function hexadecimal(x: number, precision: number | undefined, point: boolean): string {
  if (x === 0) return `0x0${point || (precision ?? 0) > 0 ? '.' : ''}${'0'.repeat(precision ?? 0)}p+0`;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  let mantissa = (bits & 0xf_ffff_ffff_ffffn) | (biased === 0 ? 0n : 1n << 52n);
  if (precision !== undefined && precision < 13) {
    const drop = BigInt(4 * (13 - precision));
    const half = 1n << (drop - 1n);
    const rest = mantissa & ((1n << drop) - 1n);
    mantissa >>= drop;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
    mantissa <<= drop;
  }
  const exponent = (biased === 0 ? 1 : biased) - 1023;
  let digits = (mantissa & 0xf_ffff_ffff_ffffn).toString(16).padStart(13, '0');
  digits = precision === undefined ? digits.replace(/0+$/, '') : digits.slice(0, precision).padEnd(precision, '0');
  return `0x${mantissa >> 52n}${digits === '' && !point ? '' : '.'}${digits}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}
