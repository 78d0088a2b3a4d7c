import { expect } from 'chai';
import { applyHunks, DiffError, parseUnifiedDiff, splitLines } from '../../analyzer/source/unified-diff.js';

const patched = (text: string, diff: string): string => applyHunks(splitLines(text), parseUnifiedDiff(diff)[0]?.hunks ?? []).join('');
const head = '--- a/f\n+++ b/f\n';

describe('applying unified diffs', () => {
  it('applies hunks in order, and lets them drift', () => {
    const text = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n';
    const diff = `${head}@@ -1,3 +1,4 @@\n a\n+A\n b\n c\n@@ -8,3 +9,2 @@\n h\n-i\n j\n`;
    expect(patched(text, diff)).to.equal('a\nA\nb\nc\nd\ne\nf\ng\nh\nj\n');
    const moved = `${head}@@ -20,3 +20,3 @@\n d\n-e\n+E\n f\n`;
    expect(patched(text, moved)).to.equal('a\nb\nc\nd\nE\nf\ng\nh\ni\nj\n');
  });

  it('takes the nearest of several places', () => {
    const text = 'x\n1\ny\n.\n.\n.\nx\n1\ny\n';
    expect(patched(text, `${head}@@ -6,3 +6,3 @@\n x\n-1\n+2\n y\n`)).to.equal('x\n1\ny\n.\n.\n.\nx\n2\ny\n');
    expect(patched(text, `${head}@@ -2,3 +2,3 @@\n x\n-1\n+2\n y\n`)).to.equal('x\n2\ny\n.\n.\n.\nx\n1\ny\n');
  });

  it('minds a missing newline at the end, on either side', () => {
    const gain = `${head}@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n`;
    const lose = `${head}@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n`;
    expect(patched('a', gain)).to.equal('a\n');
    expect(patched('a\n', lose)).to.equal('a');
    expect(() => patched('a\n', gain)).to.throw(DiffError);
  });

  it('takes lines that look like headers as lines', () => {
    const diff = `${head}@@ -1,3 +1,3 @@\n x\n--- a/g\n+++ b/g\n y\n`;
    expect(patched('x\n-- a/g\ny\n', diff)).to.equal('x\n++ b/g\ny\n');
  });

  it('refuses context that differs, fuzz that patch would allow, and hunks cut short', () => {
    expect(() => patched('a\nb\nc\n', `${head}@@ -1,3 +1,3 @@\n a\n-B\n+x\n c\n`)).to.throw(DiffError, /hunk 1 at line 1 does not apply/);
    expect(() => patched('q\nb\nc\n', `${head}@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n`)).to.throw(DiffError);
    expect(() => parseUnifiedDiff(`${head}@@ -1,3 +1,3 @@\n a\n`)).to.throw(DiffError, /ends inside a hunk/);
  });

  it('takes a hunk with less context behind it as the end of the file', () => {
    const diff = `${head}@@ -2,2 +2,3 @@\n }\n e\n+z\n`;
    expect(patched('}\ne\nq\n}\ne\n', diff)).to.equal('}\ne\nq\n}\ne\nz\n');
  });

  it('reads names: new, deleted, renamed and quoted files; passes over mail and binary parts', () => {
    const text = [
      'From: somebody', 'Subject: several things', '', ' a | 2 +-', '---', ' more talk', '',
      'diff --git a/new.c b/new.c', 'new file mode 100644', 'index 000..111', '--- /dev/null', '+++ b/new.c', '@@ -0,0 +1 @@', '+int x;',
      'diff --git a/old.c b/old.c', 'deleted file mode 100644', '--- a/old.c\t2020-01-01 00:00:00', '+++ /dev/null', '@@ -1 +0,0 @@', '-int x;',
      'diff --git a/blob b/blob', 'GIT binary patch', 'literal 3', 'Kc${Nk-~s', '',
      'diff --git a/from.c b/to.c', 'similarity index 100%', 'rename from from.c', 'rename to to.c',
      'diff --git "a/t\\303\\251.c" "b/t\\303\\251.c"', '--- "a/t\\303\\251.c"', '+++ "b/t\\303\\251.c"', '@@ -1 +1 @@', '-a', '+b', '',
    ].join('\n');
    expect(parseUnifiedDiff(text).map(({ from, to, rename, hunks }) => ({ from, to, rename, hunks: hunks.length }))).to.deep.equal([
      { from: undefined, to: 'b/new.c', rename: false, hunks: 1 },
      { from: 'a/old.c', to: undefined, rename: false, hunks: 1 },
      { from: 'x/from.c', to: 'x/to.c', rename: true, hunks: 0 },
      { from: 'a/t\u00e9.c', to: 'b/t\u00e9.c', rename: false, hunks: 1 },
    ]);
  });
});
