import { expect } from 'chai';
import { Program, type ProgramHost } from '../../analyzer/c/program.js';
import type { Intrinsic } from '../../analyzer/c/runtime.js';
import { Unknown } from '../../analyzer/c/unknown.js';
import { defineGlib } from '../../analyzer/qom/glib.js';
import { defineHostEdge } from '../../analyzer/qom/host-edge.js';
import { defineLibc } from '../../analyzer/qom/libc.js';
import { PRELUDE, SYSTEM_HEADERS } from '../../analyzer/qom/prelude/index.js';
import { languageVersion, preludeFor } from '../../analyzer/qom/prelude/standard.js';
import { FakeMachine } from './fake-machine.js';

/** A program of one file, with the prelude and all system headers. */
function program(source: string): { program: Program; messages: string[] } {
  const text = [...SYSTEM_HEADERS.keys()].filter((n) => n !== 'stdnoreturn.h').map((n) => `#include <${n}>\n`).join('') + source;
  const host: ProgramHost = {
    includePath: [''], prelude: PRELUDE, read: (path) => (path === 'main.c' ? text : undefined), has: (path) => path === 'main.c',
    generated: (name) => SYSTEM_HEADERS.get(name), definedIn: () => 'main.c',
  };
  const made = new Program(host);
  const messages: string[] = [];
  defineLibc(made, { messages });
  defineGlib(made, { messages });
  return { program: made, messages };
}

describe('the prelude', () => {
  // sizeof, as gcc and glibc 2.36 or glib 2.74 on x86-64 have it
  const sizes: Record<string, number> = {
    'struct stat': 144, 'struct timespec': 16, 'struct tm': 56, 'struct sigaction': 152, sigset_t: 128, siginfo_t: 128, ucontext_t: 968, sigjmp_buf: 200,
    pthread_mutex_t: 40, pthread_cond_t: 48, pthread_rwlock_t: 56, pthread_attr_t: 56, sem_t: 32, cpu_set_t: 128, 'struct sockaddr_storage': 128,
    'struct dirent': 280, 'struct utsname': 390, max_align_t: 32, va_list: 8,
    GList: 24, GSList: 16, GQueue: 24, GString: 24, GArray: 16, GPtrArray: 16, GHashTableIter: 40, GError: 16, GOnce: 16, GMutex: 8, GSource: 96, GPollFD: 8,
  };
  it('has the real sizes of the types that programs keep by value', () => {
    const { program: p } = program('int main(void) { return 0; }');
    p.load('main.c');
    for (const [type, size] of Object.entries(sizes)) expect(p.sizeOf(type), type).to.equal(size);
  });

  it("has the compiler's way to execute CPUID, which the host answers", () => {
    const { program: p } = program('int f(void) { unsigned a = 7, b = 7, c = 7, d = 7; if (__get_cpuid_max(0, 0) >= 1) { __cpuid_count(7, 0, a, b, c, d); } return c & bit_SSSE3; } int g(unsigned *b) { unsigned a, c, d; __cpuid(0, a, *b, c, d); return 3; }');
    defineHostEdge(p);
    p.load('main.c');
    expect(String(p.call('f'))).to.include("the host's CPUID leaf 0x0");
    const at = p.memory.allocate(4);
    expect(p.call('g', at)).to.equal(3);
    expect(p.memory.load(at, 4)).to.be.instanceOf(Unknown);
    expect(p.diagnostics).to.deep.equal([]);
  });

  it('declares every function that is implemented natively', () => {
    const { program: p } = program('int main(void) { return 0; }');
    const unit = p.load('main.c');
    const names: string[] = [];
    const collector = new FakeMachine();
    collector.define = (name: string, _intrinsic: Intrinsic): void => { names.push(name); };
    defineLibc(collector);
    defineGlib(collector);
    // these the tree itself declares
    const inTree = new Set(['pstrcpy', 'qemu_memalign', 'qemu_try_memalign', 'qemu_vfree']);
    expect(names.filter((n) => !inTree.has(n) && unit.find(n) === undefined)).to.deep.equal([]);
    expect(names.length).to.be.greaterThan(400);
  });

  it('carries a program that uses it', () => {
    const { program: p, messages } = program(`
static gint by_text(gconstpointer a, gconstpointer b) { return strcmp(a, b); }
static void say(const char *fmt, ...) { va_list ap; g_autofree char *s = NULL; va_start(ap, fmt); s = g_strdup_vprintf(fmt, ap); va_end(ap); printf("%s\\n", s); }
int main(void)
{
    GHashTable *h = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    GHashTableIter it;
    gpointer key, value;
    GList *l = NULL, *e;
    int i;
    for (i = 0; i < 20; i++) {
        g_hash_table_insert(h, g_strdup_printf("f%02d", i), GINT_TO_POINTER(i));
    }
    g_hash_table_iter_init(&it, h);
    while (g_hash_table_iter_next(&it, &key, &value)) {
        l = g_list_prepend(l, key);
    }
    l = g_list_sort(l, by_text);
    for (e = l; e; e = e->next) {
        g_string_append_printf(out, "%s%s", (char *)e->data, e->next ? "," : "");
    }
    say("%s|%" PRIx64 "|%d", out->str, UINT64_MAX, MIN(3, ABS(-2)));
    errno = 0;
    strtoul("99999999999999999999", NULL, 10);
    g_assert_cmpint(errno, ==, ERANGE);
    assert(g_list_length(l) == 20);
    return CLAMP(41, 0, 40);
}
`);
    expect(p.call('main')).to.equal(40);
    expect(messages.join('')).to.equal(`${Array.from({ length: 20 }, (_, i) => `f${String(i).padStart(2, '0')}`).join(',')}|ffffffffffffffff|2\n`);
    expect(p.diagnostics).to.deep.equal([]);
  });

  it('is of the edition of C that the tree is built with', () => {
    const tree = (file: string, text: string) => ({ read: (path: string) => (path === file ? text : undefined) });
    expect(languageVersion(tree('meson.build', "default_options: ['warning_level=1', 'c_std=gnu99']"))).to.equal('199901L');
    expect(languageVersion(tree('meson.build', "default_options: ['c_std=gnu11']"))).to.equal('201112L');
    expect(languageVersion(tree('configure', 'QEMU_CFLAGS="-std=gnu99 $QEMU_CFLAGS"'))).to.equal('199901L');
    expect(preludeFor(tree('configure', '-std=gnu99')).text).to.contain('#define __STDC_VERSION__ 199901L\n');
  });
});
