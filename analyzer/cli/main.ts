#!/usr/bin/env -S node --max-semi-space-size=64
// The first line: syntax trees live long and come fast; with Node's small nursery each is copied again and again.
import './node-tuning.js';
import { engine } from './engine.js';
import { run } from './program.js';
import { processTerminal } from './terminal.js';

// Not process.exit(): what is still on its way to a pipe must arrive.
process.exitCode = await run(process.argv.slice(2), engine, processTerminal());
