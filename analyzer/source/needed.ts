import { baseName } from './tree-path.js';

/** Says which paths of a packed tree are worth keeping in memory. */
export type Filter = (path: string) => boolean;

/** Top-level directories that say nothing about a system emulator's CPUs: firmware, vendored projects, user-mode emulation, manuals. */
const unneededDirectories = new Set([
  'roms', 'pc-bios', 'subprojects', 'docs', 'po', 'linux-user', 'bsd-user', 'darwin-user', 'disas', 'libdecnumber',
  'dtc', 'capstone', 'slirp', 'meson', 'pixman', 'rust', 'contrib', '.git', '.pc', '.gitlab', '.gitlab-ci.d', '.github',
]);

const sourceName = /\.(?:c|h|inc|def|hx|json|mak|mk|build|txt|py|sh|in|list|objs|xml|S)$/;
const buildName = /^(?:Kconfig.*|Makefile.*|meson\.build|meson_options\.txt|meson\.options|.*\.mak)$/;
const otherName = /^(?:VERSION|configure|trace-events|create_config|hxtool|feature_to_c\.sh|[^.]+)$/;
const testSource = /\.(?:c|h|py)$/;

/**
 * The default choice: sources, headers, schemas, build files and scripts. Whole directories are left
 * out only where no release has anything that an x86 system emulator's analysis reads, since a file
 * that is left out looks as if the tree had none; build files are kept everywhere.
 */
export const isNeeded: Filter = (path) => {
  const slash = path.indexOf('/');
  if (slash < 0) return sourceName.test(path) || buildName.test(path) || otherName.test(path);
  const top = path.slice(0, slash);
  if (top === 'debian') return true;
  const name = baseName(path);
  if (unneededDirectories.has(top)) return top !== 'roms' && top !== 'subprojects' && buildName.test(name);
  if (top === 'tests') return testSource.test(name) || buildName.test(name);
  return sourceName.test(name) || buildName.test(name) || otherName.test(name);
};
