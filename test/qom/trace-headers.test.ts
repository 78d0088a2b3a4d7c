import { expect } from 'chai';
import { TraceHeaders } from '../../analyzer/qom/trace-headers.js';
import { treeOf } from './qapi-fixture.js';

const SCRIPT = `
def generate(events, backend):
    out('/* generated */',
        '#include "qemu-common.h"',
        '#include "trace/control.h"',
        '')
`;
const GROUPS = `
def generate(events, backend, group):
    if group == "root":
        header = "trace/control-vcpu.h"
    else:
        header = "trace/control.h"
    out('#include "%s"' % header)
`;
const LOG = `
def generate_h_begin(events):
    out('#include "qemu/log.h"',
        '')


def generate_c_begin(events):
    out('#include <stdio.h>')
`;
const EVENTS = `
    out('#include <stdbool.h>',
        '')
    out('typedef enum {')
    out('} TraceEventID;')
    out('#include "trace/event-internal.h"')
`;

describe('headers of trace points', () => {
  it('include what the script and the configured backend write', () => {
    const tree = treeOf({ 'scripts/tracetool/format/h.py': SCRIPT, 'scripts/tracetool/backend/log.py': LOG, 'scripts/tracetool/backend/ust.py': LOG.replace('log.h', 'ust.h') });
    const headers = new TraceHeaders(tree, ['log']);
    for (const name of ['trace-root.h', 'hw/core/trace.h', 'trace/generated-tracers.h']) {
      expect(headers.header(name), name).to.equal('#include "qemu-common.h"\n#include "trace/control.h"\n#include "qemu/log.h"\n');
    }
    expect(new TraceHeaders(tree, []).header('trace.h')).to.not.include('log.h');
  });

  it('include another header where the group is the whole program', () => {
    const headers = new TraceHeaders(treeOf({ 'scripts/tracetool/format/h.py': GROUPS }), []);
    expect(headers.header('trace-root.h')).to.equal('#include "trace/control-vcpu.h"\n');
    expect(headers.header('target/i386/trace.h')).to.equal('#include "trace/control.h"\n');
  });

  it('enumerate events, those of each CPU apart', () => {
    const headers = new TraceHeaders(treeOf({ 'scripts/tracetool/format/events_h.py': EVENTS, 'trace-events': '# a comment(\nfoo_get(int a) "%d"\ndisable bar(void) ""\nvcpu guest_in(void)\ndisable vcpu tcg guest_mem(int a) "x", "y"\n' }), []);
    const text = headers.header('trace/generated-events.h')!;
    expect(text.split('\n').filter((line) => !line.startsWith('#if') && !line.startsWith('#define') && !line.startsWith('#endif') && line !== '')).to.deep.equal([
      '#include <stdbool.h>',
      'typedef enum { TRACE_FOO_GET, TRACE_BAR, TRACE_GUEST_IN, TRACE_GUEST_MEM, TRACE_EVENT_COUNT } TraceEventID;',
      'typedef enum { TRACE_VCPU_GUEST_IN, TRACE_VCPU_GUEST_MEM, TRACE_VCPU_EVENT_COUNT } TraceEventVCPUID;',
      '#include "trace/event-internal.h"',
    ]);
    expect(headers.perCpuEvents).to.equal(2);
  });

  it('are no other headers', () => {
    const headers = new TraceHeaders(treeOf({}), []);
    expect(['tracer.h', 'backtrace.h', 'qemu/trace.hpp', 'exec/retrace.h'].map((name) => headers.header(name))).to.deep.equal([undefined, undefined, undefined, undefined]);
    expect(headers.header('trace/generated-helpers.h')).to.equal('');
  });
});
