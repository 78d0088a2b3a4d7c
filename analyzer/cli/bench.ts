import { Command } from 'commander';
import type { Context } from './context.js';
import { withAccel } from './options.js';

/** `bench` */
export function benchCommand(_context: Context): Command {
  return withAccel(new Command('bench').description('measure a cold run of the complete matrix'));
}
