import { Command } from 'commander';
import type { Context } from './context.js';
import { withAccel } from './options.js';

/** `verify` */
export function verifyCommand(_context: Context): Command {
  return withAccel(new Command('verify').description('hold the analysis against a real QEMU'));
}
