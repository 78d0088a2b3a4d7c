import type { Recording } from './recording.js';

const types = (models: Record<string, object>): Record<string, Record<string, never>> => models as Record<string, Record<string, never>>;

/** A QEMU with three machine types and four models, in the shape of a recording. */
export const small: Recording = {
  version: { qemu: { major: 9, minor: 8, micro: 7 }, package: 'Example 1:9.8.7-1' },
  accel: 'kvm',
  machines: [
    { 'name': 'board-1.10', 'alias': 'board', 'is-default': true, 'cpu-max': 255, 'default-cpu-type': 'plain-cpu', 'compat-props': [] },
    {
      'name': 'board-1.9', 'cpu-max': 255, 'default-cpu-type': 'plain-cpu', 'deprecated': true,
      'compat-props': [{ 'qom-type': 'zeta-cpu', 'property': 'quick', 'value': 'off' }, { 'qom-type': 'disk', 'property': 'serial', 'value': '' }],
    },
    { 'name': 'none', 'cpu-max': 1 },
  ],
  definitions: {
    'board-1.10': types({
      'Zeta': { typename: 'zeta-cpu', static: false, 'alias-of': 'Zeta-v1' }, 'Zeta-v1': { typename: 'zeta-v1-cpu', static: false },
      'bare': { typename: 'bare-cpu', static: true }, 'plain': { typename: 'plain-cpu', static: false }, 'quirky': { typename: 'quirky-cpu', static: false },
    }),
    'board-1.9': types({
      'Zeta': { typename: 'zeta-cpu', static: false }, 'Zeta-v1': { typename: 'zeta-v1-cpu', static: false },
      'bare': { typename: 'bare-cpu', static: true }, 'plain': { typename: 'plain-cpu', static: false },
    }),
  },
  states: {
    bare: { 'quick': false, 'wide': false, 'depth': 0, 'mask': 0, 'name': '', 'memory': '/machine/memory', 'readable-only': 7 },
    plain: { 'quick': false, 'wide': true, 'depth': 2, 'mask': 1, 'name': 'Plain, "old" CPU', 'memory': '/machine/memory', 'readable-only': 7 },
    zeta: { 'quick': true, 'wide': true, 'depth': -1, 'mask': 0xffff_ffff_ffff_fff0n, 'name': 'Zeta (fast)', 'memory': '/machine/memory', 'readable-only': 7 },
    slow: { 'quick': false, 'wide': true, 'depth': -1, 'mask': 0xffff_ffff_ffff_fff0n, 'name': 'Zeta (fast)', 'memory': '/machine/memory', 'readable-only': 7 },
  },
  hostDependent: { plain: ['vendor'] },
  pairs: {
    'board-1.10': { 'Zeta': 'zeta', 'Zeta-v1': 'zeta', 'bare': 'bare', 'plain': 'plain' },
    'board-1.9': { 'Zeta': 'slow', 'Zeta-v1': 'zeta', 'bare': 'bare', 'plain': 'plain' },
  },
  refused: { 'board-1.10': { quirky: 'quirky needs a host' } },
};
