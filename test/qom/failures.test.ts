import { expect } from 'chai';
import { Unknown } from '../../analyzer/c/unknown.js';
import { Failures } from '../../analyzer/qom/failures.js';
import { programOf } from './program-fixture.js';

const SOURCE = `
unsigned host(void);
void error_setg_internal(Error **errp, const char *src, int line, const char *func, const char *fmt, ...)
{
    *errp = (Error *)16;
}

void expand(int *level, int mode, Error **errp)
{
    Error *local = NULL;

    if (mode == 2 || (mode == 1 && (host() & 1))) {
        error_setg_internal(errp, "a.c", 1, "expand", "this host is too old");
        return;
    }
    if (mode == 3 && (host() & 1)) {
        error_setg_internal(&local, "a.c", 2, "expand", "never mind");
    }
    *level = local ? 6 : 5;
}

int make(int mode)
{
    Error *err = NULL;
    int level = 1;

    expand(&level, mode, &err);
    return err ? -1 : level;
}
`;

describe('a function that fails on some hosts', () => {
  const program = programOf({ 'a.c': SOURCE });
  program.define('host', () => new Unknown({ kind: 'host', what: 'the host', at: undefined }, 0xffff_ffffn));
  new Failures(program).of('expand');

  it('succeeded where there is a CPU', () => expect(program.call('make', 1)).to.equal(5));
  it('fails where it fails on all', () => expect(program.call('make', 2)).to.equal(-1));
  it('may have errors of its own that it gets over: then the host decides', () => expect(program.call('make', 3)).to.be.instanceOf(Unknown));
  it('and one that does not fail is as it is', () => expect(program.call('make', 0)).to.equal(5));
});
