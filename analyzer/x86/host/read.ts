import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, reason } from '../../source/reason.js';
import { isCpuidDump, readCpuidDump } from './cpuid-dump.js';
import { HostError, type HostDescription } from './description.js';
import { isXml, readLibvirtXml } from './libvirt-xml.js';
import { isJson, readQmpReply } from './qmp-reply.js';

/**
 * Read a description of a host: a QMP reply, a dump of the cpuid tool, or libvirt's XML.
 * @param cpuMap where libvirt's CPU map is
 * @throws HostError that names the file
 */
export function readHost(file: string, cpuMap: string): HostDescription {
  try {
    const text = readFileSync(file, 'utf8');
    const content = [text];
    const description = describe(text, (name) => {
      const part = readIfThere(join(cpuMap, name));
      content.push(part ?? '');
      return part;
    });
    return { ...description, toJSON: () => content.join('\0') };
  } catch (error) {
    if (error instanceof HostError) throw new HostError(`${file} does not describe a host: ${error.message}`);
    if (errorCode(error) !== undefined) throw new HostError(`cannot read ${file}: ${reason(error)}`);
    throw error;
  }
}

/** The same from a QMP conversation at hand. @throws HostError */
export function hostOfReply(text: string): HostDescription {
  return { ...readQmpReply(text), toJSON: () => text };
}

function describe(text: string, map: (file: string) => string | undefined): Omit<HostDescription, 'toJSON'> {
  if (isJson(text)) return readQmpReply(text);
  if (isXml(text)) return readLibvirtXml(text, map);
  if (isCpuidDump(text)) return readCpuidDump(text);
  throw new HostError("it is neither a QMP reply, nor a raw dump of the cpuid tool, nor libvirt's XML");
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
