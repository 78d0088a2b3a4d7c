import { expect } from 'chai';
import { Unknown } from '../../../analyzer/c/unknown.js';
import { hasGcc, runWithGcc } from './gcc.js';
import { randomProgram } from './random-c.js';
import { diagnosticsOf, program } from './run.js';

const SEEDS = (process.env['C_SEEDS'] ?? '1,2,3').split(',').map(Number);

describe('c/evaluate: random programs, against gcc', function () {
  before(function () {
    if (hasGcc()) return;
    console.log('      skipped: there is no gcc to compare with');
    this.skip();
  });

  for (const seed of SEEDS) {
    it(`seed ${seed}: every expression and every function gives what gcc's program gives`, () => {
      const { source, functions } = randomProgram(seed, 120, 14);
      const main = functions.map((f) => `printf("%lld\\n", (long long) ${f.name}());`).join('\n');
      const answers = runWithGcc(`int printf(const char *, ...);\n${source}int main(void) {\n${main}\nreturn 0; }\n`).trim().split('\n');
      const made = program(source);
      const wrong: string[] = [];
      functions.forEach((f, i) => {
        const value = made.call(`a.c:${f.name}`);
        const text = value instanceof Unknown ? value.toString() : String(value);
        if (text !== answers[i]) wrong.push(`gcc ${answers[i]}, here ${text}: ${f.text}`);
      });
      expect(diagnosticsOf(made)).to.deep.equal([]);
      expect(wrong.slice(0, 5).join('\n')).to.equal('');
    });
  }
});
