import { setFlagsFromString } from 'node:v8';

// Loaded before everything else. A run lasts a few seconds, and its code is spread over many functions: V8 11 (Node 20) would spend
// a third of it on optimising what hardly runs any more. Later versions have a compiler between the two, and no such option.
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=200000');
