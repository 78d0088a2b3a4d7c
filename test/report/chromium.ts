import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium on this machine, if there is one. */
export function findChromium(): string | undefined {
  return places.find((path): path is string => path !== undefined && path !== '' && existsSync(path));
}

type Message = Readonly<Record<string, unknown>>;

/** A headless Chromium with one page, driven over its debugging pipe. */
export class Chromium {
  /** Everything that the page complained about: exceptions, console errors, what could not be loaded. */
  readonly complaints: string[] = [];
  private next = 1;
  private readonly waiting = new Map<number, { resolve: (result: Message) => void; reject: (error: Error) => void }>();
  private readonly events: ((method: string) => void)[] = [];
  private session = '';

  private constructor(private readonly child: ChildProcess, private readonly profile: string, private readonly to: Writable, from: Readable) {
    let rest = '';
    from.setEncoding('utf8');
    from.on('data', (text: string) => {
      const parts = (rest + text).split('\0');
      rest = parts.pop()!;
      for (const part of parts) this.receive(JSON.parse(part) as Message);
    });
    child.on('exit', () => { for (const { reject } of this.waiting.values()) reject(new Error('Chromium ended')); });
  }

  static async start(binary: string): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
    const child = spawn(binary, [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--disable-dev-shm-usage', '--hide-scrollbars', `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank',
    ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    const chromium = new Chromium(child, profile, child.stdio[3] as Writable, child.stdio[4] as Readable);
    const { targetInfos } = await chromium.send('Target.getTargets') as { targetInfos: { type: string; targetId: string }[] };
    const page = targetInfos.find(({ type }) => type === 'page')!;
    const { sessionId } = await chromium.send('Target.attachToTarget', { targetId: page.targetId, flatten: true }) as { sessionId: string };
    chromium.session = sessionId;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await chromium.send(`${domain}.enable`);
    return chromium;
  }

  private receive(message: Message): void {
    if (typeof message['id'] === 'number') {
      const waiting = this.waiting.get(message['id']);
      this.waiting.delete(message['id']);
      const error = message['error'] as { message: string } | undefined;
      if (error !== undefined) waiting?.reject(new Error(error.message));
      else waiting?.resolve(message['result'] as Message);
      return;
    }
    const method = String(message['method']);
    const params = message['params'] as { exceptionDetails?: { text: string; exception?: { description?: string } }; type?: string; args?: { value?: unknown }[]; entry?: { level: string; text: string }; request?: { url: string } };
    if (method === 'Runtime.exceptionThrown') this.complaints.push(params.exceptionDetails?.exception?.description ?? params.exceptionDetails?.text ?? 'exception');
    if (method === 'Runtime.consoleAPICalled' && (params.type === 'error' || params.type === 'warning')) this.complaints.push((params.args ?? []).map(({ value }) => String(value)).join(' '));
    if (method === 'Log.entryAdded' && params.entry?.level === 'error') this.complaints.push(params.entry.text);
    if (method === 'Network.requestWillBeSent' && !/^(?:file|data|about):/.test(params.request?.url ?? '')) this.complaints.push(`asks for ${params.request?.url ?? ''}`);
    for (const listener of this.events) listener(method);
  }

  send(method: string, params: object = {}): Promise<Message> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.to.write(`${JSON.stringify({ id, method, params, ...(this.session === '' ? {} : { sessionId: this.session }) })}\0`);
    });
  }

  /** Open a page, and wait until it is drawn. */
  async open(url: string): Promise<void> {
    await this.send('Page.navigate', { url: 'about:blank' });
    const loaded = new Promise<void>((resolve) => { this.events.push((method) => { if (method === 'Page.loadEventFired') resolve(); }); });
    await this.send('Page.navigate', { url });
    await loaded;
    this.events.length = 0;
    await this.until("document.querySelector('main[data-shown] h1') !== null");
    await this.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  }

  /** The value of an expression in the page; a promise is waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true }) as { result: { value: T }; exceptionDetails?: { exception?: { description?: string }; text: string } };
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async until(expression: string, seconds = 30): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!(await this.evaluate<boolean>(expression))) {
      if (Date.now() > end) throw new Error(`did not become true: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  /** Press a key, with its name as in KeyboardEvent.key. */
  async press(key: string, modifiers = 0): Promise<void> {
    const codes: Record<string, number> = { Enter: 13, Tab: 9, Escape: 27, ' ': 32, End: 35, Home: 36, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, PageUp: 33, PageDown: 34 };
    const code = codes[key] ?? key.toUpperCase().charCodeAt(0);
    const text = key.length === 1 ? key : key === 'Enter' ? '\r' : undefined;
    await this.send('Input.dispatchKeyEvent', { type: text === undefined ? 'rawKeyDown' : 'keyDown', key, windowsVirtualKeyCode: code, modifiers, ...(text === undefined ? {} : { text }) });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key, windowsVirtualKeyCode: code, modifiers });
  }

  async type(text: string): Promise<void> {
    await this.send('Input.insertText', { text });
  }

  /** Click in the middle of the first element that the selector finds. */
  async click(selector: string): Promise<void> {
    const place = await this.evaluate<{ x: number; y: number } | null>(`(() => { const e = document.querySelector(${JSON.stringify(selector)}); if (!e) return null; e.scrollIntoView({ block: 'nearest', inline: 'nearest' }); const r = e.getBoundingClientRect(); return { x: r.x + r.width / 2, y: r.y + r.height / 2 }; })()`);
    if (place === null) throw new Error(`there is no ${selector}`);
    for (const type of ['mousePressed', 'mouseReleased']) await this.send('Input.dispatchMouseEvent', { type, ...place, button: 'left', clickCount: 1 });
  }

  async size(width: number, height: number, mobile = false): Promise<void> {
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
  }

  async prefers(scheme: 'light' | 'dark'): Promise<void> {
    await this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  }

  /** A PNG of what is in sight. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' }) as { data: string };
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    const killed = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    this.session = '';
    await this.send('Browser.close').catch(() => undefined);
    await ended;
    clearTimeout(killed);
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
