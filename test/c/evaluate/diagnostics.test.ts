import { expect } from 'chai';
import { ProgramError } from '../../../analyzer/c/program.js';
import { Unknown } from '../../../analyzer/c/unknown.js';
import { diagnosticsOf, program, type Files } from './run.js';

/** What calling f() reports. */
function reported(source: string | Files, callee = 'f'): string[] {
  const made = program(source);
  made.call(callee);
  return diagnosticsOf(made);
}

/** The error that f() ends with: "message at file:line". */
function fault(source: string): string {
  try {
    program(source).call('f');
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return `${error.message} at ${error.at?.file ?? '?'}:${error.at?.line ?? 0}`;
  }
  return 'none';
}

describe('c/evaluate: diagnostics', () => {
  describe('what is not understood is reported when it is reached, with file and line', () => {
    it('a function that cannot be parsed, only if it is called', () => {
      const source = 'int g(int x)\n{\n  int y = x;\n  y = @ 5;\n  return y;\n}\nint f(int x) {\n  return x ? g(1) : 7;\n}';
      const made = program(source);
      expect(made.call('f', 0)).to.equal(7);
      expect(diagnosticsOf(made)).to.deep.equal([]);
      expect(made.call('f', 1)).to.be.instanceOf(Unknown);
      const [first, second] = diagnosticsOf(made);
      expect(first).to.match(/^error a\.c:4 cannot parse g\(\): near '/);
      expect(second).to.equal('error a.c:8 g() cannot be executed');
    });

    it('each place once, however often it is reached', () => {
      const made = program('int missing(int);\nint f(void) {\n  int s = 0;\n  for (int i = 0; i < 3; i++) s += missing(i);\n  return s;\n}');
      made.call('f');
      made.call('f');
      expect(diagnosticsOf(made)).to.deep.equal(['error a.c:4 call of missing(), which the analyzer does not model']);
    });

    it('a call of a function that nobody defines: its result is an unknown of that origin', () => {
      const made = program('int missing(int);\nint f(void) {\n  return missing(3) + 1;\n}');
      const value = made.call('f') as Unknown;
      expect(value.origin).to.deep.include({ kind: 'gap', what: 'call of missing(), which the analyzer does not model' });
      expect(value.origin.at).to.deep.equal({ file: 'a.c', line: 3 });
      expect(made.diagnostics[0]!.affects).to.equal('what f() does');
    });

    it('a call without any declaration', () => {
      expect(reported('int f(void) {\n  return undeclared(1);\n}')).to.deep.equal(['error a.c:2 call of undeclared(), which the analyzer does not model']);
    });

    it('an identifier that is not declared', () => {
      expect(reported('int f(void) {\n  return 1 +\n    nothing;\n}')).to.deep.equal(["error a.c:3 identifier 'nothing' is not declared"]);
    });

    it('an object that is declared but that no file defines: unknown, and where it is used up to the caller', () => {
      const made = program('extern int far[3];\nint f(void) { return far[1]; }');
      const value = made.call('f') as Unknown;
      expect(value.origin).to.deep.include({ kind: 'gap', what: "object 'far', which no file of the build defines" });
      expect(value.origin.at).to.deep.equal({ file: 'a.c', line: 1 });
    });

    it('a member that the structure does not have', () => {
      expect(reported('struct s { int a; } s;\nint f(void) {\n  s.a = 1;\n  return s.b;\n}')).to.deep.equal(["error a.c:4 struct s has no known member 'b'"]);
      expect(reported('struct s { int a; } s, *p = &s;\nint f(void) {\n  p->b = 1;\n  return 0;\n}')).to.deep.equal(["error a.c:3 struct s has no known member 'b'", 'error a.c:3 store through an unknown pointer']);
    });

    it('a member of a structure without a body', () => {
      expect(reported('struct s *make(void) { return 0; }\nint f(void) {\n  return make()->b;\n}')).to.deep.equal(["error a.c:3 struct s has no known member 'b'"]);
    });

    it('a type that no header declares is a note', () => {
      expect(reported('struct s { int a; strange_t b; int c; };\nint f(void) { struct s *p = 0; return p == 0; }')).to.deep.equal([]);
      expect(reported('struct s { int a;\nstrange_t b; int c; };\nint f(void) { struct s s = { 1 }; return s.a; }')[0]).to.equal("note a.c:2 type 'strange_t' is not declared in any header of the tree");
    });

    it('a statement that is not understood: the others still run', () => {
      const made = program('int n;\nint f(void) {\n  n = 1;\n  __asm__("nop");\n  goto *(void *) 0;\n  n++;\n  return n;\n}');
      made.call('f');
      expect(diagnosticsOf(made).every((d) => /a\.c:5 |a\.c:0|<start>/.test(d)), String(diagnosticsOf(made))).to.equal(true);
      expect(diagnosticsOf(made)).not.to.deep.equal([]);
    });

    it('wide strings, which are not implemented', () => {
      expect(reported('int f(void) {\n  return sizeof(L"ab");\n}')).to.deep.equal(['error a.c:2 wide string literal']);
    });

    it('a case label that is not constant, an array whose length is unknown', () => {
      expect(reported('int f(void) {\n  int x = 1;\n  switch (x) {\n  case 1 + missing(): return 1;\n  }\n  return 2;\n}')).to.deep.equal(['error a.c:4 case label']);
      expect(reported('int f(void) {\n  int a[];\n  return sizeof a;\n}').length).to.be.greaterThan(0);
    });

    it('too many initializers', () => {
      expect(reported('int f(void) {\n  int a[2] = {\n    1, 2, 3 };\n  return a[0];\n}')).to.deep.equal(['error a.c:3 excess elements in initializer']);
      expect(reported('struct s { int a; } s = { 1,\n 2 };\nint f(void) { return s.a; }')).to.deep.equal(["error a.c:2 cannot initialize 's': excess elements in initializer"]);
    });

    it('what is reached in a header, or through a macro, is named where a reader finds it', () => {
      expect(reported({ 'h.h': '\n\nstatic inline int g(void) {\n  return gone();\n}\n', 'a.c': '#include "h.h"\nint f(void) { return g(); }' })).to.deep.equal(['error h.h:4 call of gone(), which the analyzer does not model']);
      expect(reported('#define CALL(x) \\\n  gone(x)\nint f(void) {\n  return CALL(1);\n}')).to.deep.equal(['error a.c:4 call of gone(), which the analyzer does not model']);
    });

    it('a dead branch is not even looked at', () => {
      expect(reported('enum { ON = 1 };\nint f(void) {\n  if (!ON) return nothing(no_such);\n  if (0) { undeclared->x = 1; }\n  return ON ? 5 : missing();\n}')).to.deep.equal([]);
    });
  });

  describe('faults of the program', () => {
    it('are named with place and backtrace', () => {
      expect(fault('static int g(int *p)\n{\n  return *p;\n}\nint f(void) {\n  return g(0);\n}')).to.equal('null pointer dereferenced, in g() < f() at a.c:3');
      expect(fault('int f(void) {\n  int z = 0;\n  return 5 / z;\n}')).to.equal('division by zero, in f() at a.c:3');
      expect(fault('int f(void) {\n  long z = 0;\n  long x = 5;\n  x %= z;\n  return x;\n}')).to.equal('division by zero, in f() at a.c:4');
      expect(fault('struct s { long a, b; };\nint f(void) {\n  struct s *p = 0;\n  p->b = 1;\n  return 0;\n}')).to.equal('access to address 8 near null, in f() at a.c:4');
      expect(fault('int f(void) {\n  int (*p)(void) = 0;\n  return p();\n}')).to.equal('call through a null pointer at a.c:3');
      expect(fault('int f(void) {\n  int x = 1;\n  int (*p)(void) = (int (*)(void)) &x;\n  return p();\n}')).to.equal('call through something that is not a function pointer at a.c:4');
      expect(fault('int f(void) {\n  int (*p)(void) = f;\n  return *(int *) p;\n}')).to.equal('a function is not an object, in f() at a.c:3');
    });

    it('endless recursion ends', () => {
      expect(fault('int f(void) {\n  return f() + 1;\n}')).to.match(/^recursion too deep in f\(\)/);
    });

    it('after one, the program can go on', () => {
      const made = program('int f(int x) { int a[100]; a[x] = 1; return *(int *) (long) (x ? (long) &a[x] : 0); }');
      expect(() => made.call('f', 0)).to.throw(ProgramError);
      made.unwind();
      expect(made.call('f', 3)).to.equal(1);
    });

    it('asking for what does not exist', () => {
      const made = program('typedef struct { int a; } T; static int s; int x; int f(void) { return s; }');
      expect(() => made.call('nothing')).to.throw(ProgramError, 'the program has no function nothing()');
      expect(() => made.addressOf('nothing')).to.throw(ProgramError, "the program has no 'nothing'");
      expect(() => made.sizeOf('U')).to.throw(ProgramError, "the program has no type 'U'");
      expect(() => made.offsetOf('T', 'b')).to.throw(ProgramError, "T has no member 'b'");
      expect(made.has('x')).to.equal(true);
      expect(made.has('nothing')).to.equal(false);
    });
  });

  describe('headers', () => {
    it('a missing one is noted, and not fatal', () => {
      const made = program('#include <nowhere/missing.h>\n#include "other.h"\nint f(void) { return 3; }');
      expect(made.call('f')).to.equal(3);
      expect([...made.missingIncludes.keys()]).to.deep.equal(['nowhere/missing.h', 'other.h']);
      expect(made.missingIncludes.get('other.h')).to.deep.equal([{ file: 'a.c', line: 2 }]);
    });
  });
});
