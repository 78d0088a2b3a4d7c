#!/usr/bin/env node
import { engine } from './engine.js';
import { run } from './program.js';
import { processTerminal } from './terminal.js';

// Not process.exit(): what is still on its way to a pipe must arrive.
process.exitCode = await run(process.argv.slice(2), engine, processTerminal());
