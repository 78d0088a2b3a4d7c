import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { toJson, type Json } from '../json.js';
import { ownFile, ownHtmlTemplate } from '../template.js';
import type { Dataset } from './dataset.js';

/** The folder of the page's own parts, which are copied as they are. */
const parts = ownFile('report/');

/** All files of the report, by path in the output directory. Data comes as scripts: a page from file:// may load no other way. */
export function reportFiles(title: string, datasets: readonly Dataset[]): Map<string, string> {
  const files = new Map<string, string>();
  const assets = readdirSync(parts).filter((name) => /\.(?:js|css)$/.test(name)).sort();
  for (const name of assets) files.set(`assets/${name}`, readFileSync(new URL(name, parts), 'utf8'));
  for (const { id, data, why } of datasets) {
    files.set(`data/${id}.js`, call('data', id, data));
    files.set(`data/${id}.why.js`, call('why', id, why));
  }
  files.set('data/trees.js', call('trees', '', toJson(datasets.map(({ summary }) => summary), 1)));
  files.set('index.html', ownHtmlTemplate<object>('report/index.html')({
    title, styles: assets.filter((name) => name.endsWith('.css')),
    trees: datasets.map(({ summary }) => summary),
  }));
  files.set('index.json', index(files));
  return files;
}

function call(kind: string, id: string, json: string): string {
  return `Atlas.receive(${JSON.stringify(kind)}, ${JSON.stringify(id)}, ${json});\n`;
}

/** What this run made, so that the next one knows what is its own. */
function index(files: ReadonlyMap<string, string>): string {
  const pairs = new Map([...files].map(([path, text]): [string, Json] => [path, { file: path, content: path, sha256: createHash('sha256').update(text).digest('hex') }]));
  return `${toJson({ made: 'qemu-cpu-custom report', pairs }, 2)}\n`;
}
