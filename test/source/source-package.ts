import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Scratch } from './fixture.js';

type Files = Readonly<Record<string, string>>;

/** What a Debian source package is to be made of. */
export interface Parts {
  readonly format?: string;
  readonly version?: string;
  readonly upstream: Files;
  readonly components?: Readonly<Record<string, Files>>;
  readonly packaging?: Files;
  readonly diff?: string;
}

/** The packaging files that name a version. */
export function packaging(version: string): Files {
  return {
    'debian/changelog': `qemu (${version}) unstable; urgency=medium\n\n  * Text.\n\n -- A <a@example.org>  Mon, 01 Jan 2024 00:00:00 +0000\n`,
    'debian/rules': '#!/usr/bin/make -f\nPKGVERSION = Debian ${DEB_VERSION}\nbuild:\n\t./configure --with-pkgversion="$(PKGVERSION)" --prefix=/usr\n',
  };
}

/** Makes a source package by hand, without dpkg, in its own directory. @returns the .dsc's path. */
export function packSource(scratch: Scratch, name: string, parts: Parts): string {
  const version = parts.version ?? '8.1.2-1';
  const upstreamVersion = version.replace(/-[^-]*$/, '');
  const files: string[] = [];
  mkdirSync(scratch.path(name), { recursive: true });
  const pack = (file: string, content: Files, top: string): void => {
    scratch.write(content, `${name}.parts`, file, top);
    // packed again for another revision, the same content is the same file
    scratch.run('tar', ['--mtime=@0', '-czf', scratch.path(name, file), top === '' ? 'debian' : top], `${name}.parts`, file);
    files.push(file);
  };
  const native = parts.format === '3.0 (native)';
  pack(`qemu_${upstreamVersion}${native ? '' : '.orig'}.tar.gz`, parts.upstream, `qemu-${upstreamVersion}`);
  for (const [component, content] of Object.entries(parts.components ?? {})) {
    pack(`qemu_${upstreamVersion}.orig-${component}.tar.gz`, content, `${component}-1.0`);
  }
  if (parts.packaging !== undefined) pack(`qemu_${version}.debian.tar.gz`, parts.packaging, '');
  if (parts.diff !== undefined) {
    writeFileSync(scratch.path(name, `qemu_${version}.diff.gz`), gzipSync(parts.diff));
    files.push(`qemu_${version}.diff.gz`);
  }
  const lines = (algorithm: string): string[] => files.map((file) => {
    const bytes = readFileSync(scratch.path(name, file));
    return ` ${createHash(algorithm).update(bytes).digest('hex')} ${bytes.length} ${file}`;
  });
  const dsc = scratch.path(name, `qemu_${version}.dsc`);
  writeFileSync(dsc, [
    '-----BEGIN PGP SIGNED MESSAGE-----', 'Hash: SHA512', '',
    `Format: ${parts.format ?? '3.0 (quilt)'}`, 'Source: qemu', 'Binary: qemu-system-x86', 'Architecture: any', `Version: ${version}`,
    'Maintainer: A <a@example.org>', 'Checksums-Sha256:', ...lines('sha256'), 'Files:', ...lines('md5'), '',
    '-----BEGIN PGP SIGNATURE-----', '', 'abc', '-----END PGP SIGNATURE-----', '',
  ].join('\n'));
  return dsc;
}
