import { parse } from 'lossless-json';
import { HostError, type HostDescription } from './description.js';

interface Model { readonly name: string; readonly props: Readonly<Record<string, unknown>> }

/** Does the text look like JSON? */
export function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}

/**
 * Read a QMP reply to query-cpu-model-expansion of `host` or `max`, bare or as part of a recorded conversation (any number
 * of JSON values, one after the other). Of several replies, those of the model that was asked for as `host` count, and a
 * feature is offered if one of them has it: with "migratable": false there are more.
 *
 * @throws HostError
 */
export function readQmpReply(text: string): Omit<HostDescription, 'toJSON'> {
  const expansions: { readonly asked: string | undefined; readonly model: Model }[] = [];
  let asked: string | undefined;
  for (const value of jsonValues(text)) {
    if (!isRecord(value)) continue;
    if (value['execute'] === 'query-cpu-model-expansion') asked = modelName(value['arguments']);
    else if (typeof value['execute'] === 'string') asked = undefined;
    const model = modelOf(value['return'] ?? value);
    if (model === undefined) continue;
    expansions.push({ asked, model });
    asked = undefined;
  }
  if (expansions.length === 0) throw new HostError('it is JSON, but no reply to query-cpu-model-expansion');
  // a conversation with a QEMU without KVM has `max` only; with one of each kind, `host` is the host's
  const hosts = expansions.filter(({ asked: name, model }) => (name ?? model.name) === 'host');
  const models = (hosts.length > 0 ? hosts : expansions).map(({ model }) => model);
  const vendor = models.map(({ props }) => props['vendor']).find((v) => typeof v === 'string' && v.length === 12) as string | undefined;
  return {
    kind: 'QMP reply', vendor, cpuid: undefined, caveat: undefined,
    unmigratable: models.some(({ props }) => props['migratable'] === false),
    offers(feature) {
      const said = models.map(({ props }) => props[feature]).filter((v) => typeof v === 'boolean');
      return said.length === 0 ? undefined : said.some((v) => v);
    },
  };
}

function modelOf(value: unknown): Model | undefined {
  const model = isRecord(value) ? value['model'] : undefined;
  if (!isRecord(model) || !isRecord(model['props'])) return undefined;
  return { name: String(model['name']), props: model['props'] };
}

function modelName(argumentsOf: unknown): string | undefined {
  const model = isRecord(argumentsOf) ? argumentsOf['model'] : undefined;
  return isRecord(model) && typeof model['name'] === 'string' ? model['name'] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON values that follow each other, with white space or nothing between them. @throws HostError */
function* jsonValues(text: string): Generator<unknown, void, undefined> {
  let depth = 0;
  let start = -1;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') {
      if (depth++ === 0) start = i;
    } else if ((c === '}' || c === ']') && --depth === 0) {
      try {
        yield parse(text.slice(start, i + 1), undefined, (digits) => (Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits)));
      } catch (error) {
        throw new HostError(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  if (depth !== 0) throw new HostError('its JSON ends early');
}
