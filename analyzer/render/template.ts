import type Handlebars from 'handlebars';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lazily } from '../source/lazily.js';
import { toJson, type Json } from './json.js';
import { wrapWords } from './text.js';

const handlebars = lazily<typeof Handlebars>('handlebars');

/** A template is missing or not valid Handlebars. The message is one line for the user. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** A compiled template: data in, text out. */
export type Template<Data> = (data: Data) => string;

/** Longest comment line that QEMU's config parser takes as one line, in bytes, with room to spare. */
const longestLine = 1000;

/** A file of the program's `templates` folder. */
export function ownFile(name: string): URL {
  return new URL(`../../../templates/${name}`, import.meta.url);
}

/** One of the program's own templates. */
export function ownTemplate<Data>(name: string): Template<Data> {
  let template = own.get(name);
  if (template === undefined) own.set(name, template = templateFile(fileURLToPath(ownFile(`${name}.hbs`))));
  return template;
}

/** One of the program's own HTML templates: what it shows is escaped. */
export function ownHtmlTemplate<Data>(name: string): Template<Data> {
  return templateFile(fileURLToPath(ownFile(`${name}.hbs`)), { escape: true });
}

/** Compiled once: a single configuration may be asked for many times. */
const own = new Map<string, Template<unknown>>();

/**
 * Compile a Handlebars template. Nothing is HTML-escaped, unless asked for; the helpers are listed in templates/README.md.
 * @throws TemplateError if the file cannot be read or compiled; the returned function, if it cannot be applied
 */
export function templateFile<Data>(path: string, { escape = false }: { readonly escape?: boolean } = {}): Template<Data> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new TemplateError(`cannot read template ${path}: ${reason(error)}`);
  }
  const engine = withHelpers();
  let compiled: Handlebars.TemplateDelegate<Data>;
  try {
    // Handlebars compiles lazily: precompiling tells of a syntax error now.
    engine.precompile(text, { noEscape: !escape });
    compiled = engine.compile<Data>(text, { noEscape: !escape });
  } catch (error) {
    throw new TemplateError(`template ${path}: ${reason(error)}`);
  }
  return (data) => {
    try {
      return compiled(data, { allowProtoPropertiesByDefault: false });
    } catch (error) {
      throw new TemplateError(`template ${path}: ${reason(error)}`);
    }
  };
}

function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').replace(/^[A-Z]+: /, '').replace(/, open .*$/, '').replace(/:$/, '');
}

function withHelpers(): typeof Handlebars {
  const engine = handlebars().create();
  engine.registerHelper({
    /** {{#comment}}...{{/comment}}: every line as a "#" comment. */
    comment(this: unknown, options: Handlebars.HelperOptions) {
      return options.fn(this).replace(/\n$/, '').split('\n').flatMap(breakLine).map((line) => ('# ' + line).trimEnd() + '\n').join('');
    },
    /** {{wrap list indent=6}}: words in lines, each line indented. `first` replaces the indentation of the first line; `width` is 76, so that a comment sign fits. */
    wrap(list: readonly string[], options: Handlebars.HelperOptions) {
      const { indent = 0, width = 76, first, separator = '' } = options.hash as { indent?: number; width?: number; first?: string; separator?: string };
      const spaces = ' '.repeat(indent);
      return wrapWords(list.map((word, i) => (i < list.length - 1 ? word + separator : word)), width, spaces, first ?? spaces);
    },
    /** {{json value levels=2}}: exact JSON. */
    json(value: Json, options: Handlebars.HelperOptions) {
      const { levels = Infinity } = options.hash as { levels?: number };
      return toJson(value, levels);
    },
    /** {{shell text}}: quoted where a shell or xargs would otherwise split or expand it. */
    shell: (text: string) => shellQuote(text),
  });
  return engine;
}

/** A word for a POSIX shell (and xargs), quoted only where it must be. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function breakLine(line: string): string[] {
  const clean = line.replace(/[\r\0]/g, ' ');
  if (Buffer.byteLength(clean) <= longestLine) return [clean];
  const parts: string[] = [];
  let part = '';
  for (const character of clean) {
    if (Buffer.byteLength(part) + 4 > longestLine) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}
