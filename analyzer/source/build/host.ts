import { integerExpression } from './integer-expression.js';

/**
 * The machine that QEMU would be built on. configure and meson ask it whether a package, header, program or
 * function is there; we answer as a full-featured Linux distribution on x86-64 would, or, for an accelerator that is
 * only built on another system, as that system would. The rule is "it is there",
 * and FACILITIES below lists every exception, each with its reason; a facility with a switch can be turned over
 * by the user (--define CONFIG_XEN, --without CONFIG_SPICE).
 */

/** The systems on which QEMU builds an accelerator for x86; Linux comes first. */
export const SYSTEMS = ['linux', 'darwin', 'windows', 'netbsd'] as const;
export type System = (typeof SYSTEMS)[number];

/** Something that a building host has or lacks. */
export interface Facility {
  readonly name: string;
  /** There if the host is this system, otherwise not. */
  readonly os?: System;
  /** The switch by which the user turns it on or off, if QEMU has one for it. */
  readonly switch?: string;
  /** There by default? */
  readonly present: boolean;
  readonly why: string;
  /** pkg-config packages and meson dependencies. */
  readonly packages?: RegExp;
  /** Headers, as written between the brackets of an #include. */
  readonly headers?: RegExp;
  /** Libraries, without "lib" and suffix. */
  readonly libraries?: RegExp;
  readonly programs?: RegExp;
  /** Functions, types, constants and compiler flags that a test program needs. */
  readonly symbols?: RegExp;
}

/** What decides against, or for, the rule "it is there". First match counts. */
export const FACILITIES: readonly Facility[] = [
  {
    name: 'Xen', switch: 'CONFIG_XEN', present: false,
    why: 'distributions build the Xen device model as a program of its own; the main binary has no Xen',
    packages: /^xen/, headers: /^(xenctrl|xenstore|xs|xenguest|xenforeignmemory|xendevicemodel|xentoolcore)\.h$|^xen\//,
    libraries: /^xen/, symbols: /^xenctrl\.h$/,
  },
  {
    name: 'libcbor', switch: 'CONFIG_LIBCBOR', present: false,
    why: 'only the Nitro enclave machine needs it, and distributions do not build that',
    packages: /^libcbor$/, headers: /^cbor\.h$/, libraries: /^cbor$/,
  },
  {
    name: 'Rust', switch: 'CONFIG_HAVE_RUST', present: false,
    why: 'QEMU builds its C devices unless Rust is asked for',
    programs: /^(rustc|rustdoc|bindgen|cargo|rustfmt)$/,
  },
  {
    name: 'IGVM', switch: 'CONFIG_IGVM', present: false, why: 'distributions do not ship the library yet',
    packages: /^igvm$/, headers: /^igvm\//, libraries: /^igvm$/,
  },
  {
    name: 'emulated security keys', present: false, why: 'the libraries are not packaged by the large distributions',
    packages: /^(canokey-qemu|u2f-emu)$/,
  },
  {
    name: 'netmap', switch: 'CONFIG_NETMAP', present: false, why: 'out-of-tree kernel module', headers: /^net\/netmap/,
  },
  { name: 'VDE', switch: 'CONFIG_VDE', present: true, why: 'packaged by distributions', packages: /^vdeplug/, headers: /^libvdeplug/, libraries: /^vdeplug$/ },
  { name: 'SPICE', switch: 'CONFIG_SPICE', present: true, why: 'packaged by distributions', packages: /^spice-(server|protocol)$/, headers: /^spice(-server)?[./]/ },
  { name: 'OpenGL', switch: 'CONFIG_OPENGL', present: true, why: 'packaged by distributions', packages: /^(epoxy|gbm|virglrenderer)$/, headers: /^epoxy\// },
  { name: 'X11', switch: 'CONFIG_X11', present: true, why: 'packaged by distributions', packages: /^x11$/, headers: /^X11\// },
  { name: 'KVM', switch: 'CONFIG_KVM', present: true, why: 'Linux on x86-64', headers: /^linux\/kvm\.h$/, os: 'linux' },
  { name: 'libfdt', switch: 'CONFIG_FDT', present: true, why: 'packaged by distributions', packages: /^libfdt$/, headers: /^libfdt/, libraries: /^fdt$/ },
  { name: 'libvfio-user', present: false, why: 'built from a submodule, only when asked for', packages: /^libvfio-user$/ },
  {
    name: 'the pools of allocators', present: false, why: 'glibc malloc is the default; these replace it only when asked for',
    headers: /^(jemalloc\/|gperftools\/)/, libraries: /^(jemalloc|tcmalloc)$/,
  },
  {
    name: 'cross compilers and containers', present: false, why: 'firmware and guest tests are not part of the emulator',
    programs: /^(docker|podman|.*-(gcc|g\+\+|cc|clang)|cgcc|clang.*|sphinx-build.*|sparse|gdb.*|iasl|genisoimage|mkisofs|libtool|glibtool|ccache|stap|dtrace|.*sdl-config|sdl2-config|xfsctl)$/,
  },
  {
    name: 'Linux', os: 'linux', present: true, why: 'the host is another system',
    packages: /^(libudev|libcap-ng|liburing|libnl-.*|libpmem|libdaxctl|mount|blkid|libmpathpersist|libcapstone-linux)$/,
    headers: /^(linux\/.*|asm\/.*|sys\/(epoll|eventfd|inotify|signalfd|timerfd|prctl|fsuid|sendfile|personality|vfs|xattr|random)|byteswap|endian|libaio|mpath_persist|libudev|keyutils)(\.h)?$/,
    libraries: /^(aio|udev|keyutils|mpathpersist|cap-ng|rbd|uring|daxctl|pmem)$/,
    symbols: /^(__linux__|__linux|linux|__gnu_linux__|epoll_create1|eventfd|signalfd|inotify_init1?|timerfd_create|splice|tee|vmsplice|sync_file_range|fallocate|copy_file_range|setns|unshare|memfd_create|gettid|getcpu|close_range|MADV_\w+|PR_SET_\w+|FALLOC_FL_\w+|AT_EMPTY_PATH|O_TMPFILE|syscall)$/,
  },
  {
    name: 'Windows', os: 'windows', present: false, why: 'the host is another system',
    packages: /^(mingw|win)/, programs: /^(wixl|makensis|.*windres|widl|midl)$/, libraries: /^(ws2_32|winmm|pathcch|dsound|ole32|winpthread)$/,
    headers: /^(windows|winsock2?|ws2tcpip|dsound|mmsystem|vss|vscoordint|inc\/win2003\/vss|[Ww]in[Hh]v\w+|afunix|process|io)\.h$/,
    symbols: /^(_WIN32|_WIN64|__MINGW32__|__CYGWIN__|_MSC_VER|_lock_file|_aligned_malloc)$/,
  },
  {
    name: 'macOS', os: 'darwin', present: false, why: 'the host is another system',
    packages: /^(appleframeworks|Hypervisor|vmnet)$/, libraries: /^(objc)$/, programs: /^(sw_vers|xcrun|codesign|SetFile|Rez)$/,
    headers: /^(IOKit|CoreAudio|CoreFoundation|Cocoa|Hypervisor|mach|vmnet|crt_externs|libkern|AvailabilityMacros|TargetConditionals|copyfile)[./]/,
    symbols: /^(__APPLE__|pthread_fchdir_np|pthread_jit_write_protect_np|pthread_set_qos_class_self_np|sys_icache_invalidate|F_NOCACHE)$/,
  },
  {
    name: 'NetBSD', os: 'netbsd', present: false, why: 'the host is another system',
    libraries: /^(nvmm|proplib)$/, programs: /^gmake$/, headers: /^nvmm\.h$/, symbols: /^__NetBSD__$/,
  },
  {
    name: 'the BSDs, Solaris and Haiku', present: false, why: 'the host is another system',
    libraries: /^(bsd|network|posix_error_mapper|socket|nsl|resolv|thr|execinfo|sndio)$/,
    packages: /^sndio$/,
    headers: /^(sys\/(endian|event|disk|dkio|disklabel|kinfo|sysctl|stropts|stream|filio|sunddi|cpuset|thr|ttycom|ioccom)|machine\/\w+|libutil|bsd\/\w+|util|dev\/\w+\/.*|net\/(if_tap|if_dl|tap)|soundcard|sndio|priv|kernel\/OS|pthread_np|libprocstat|malloc_np|kvm|ifaddrs_bsd)\.h$/,
    symbols: /^(__FreeBSD__|__FreeBSD_kernel__|__DragonFly__|__OpenBSD__|__GLIBC__BSD|__sun__|__HAIKU__|_AIX|kqueue|pthread_set_name_np|getexecname|valloc_np|closefrom_bsd|d_namlen|f_fstypename|sysctlbyname)$/,
  },
  {
    name: 'other processors', present: false, why: 'the host is x86-64',
    headers: /^(asm\/hwcap|sys\/auxv_arm|riscv_vector|wasi\/.*|emscripten.*)\.h$/,
    symbols: /^(__i386__|__ILP32__|__(arm|aarch64|powerpc|ppc|sparc|s390|mips|hppa|ia64|m68k|alpha|riscv|loongarch)\w*|_ARCH_PPC\w*|__BIG_ENDIAN__|_LITTLE_ENDIAN_BUT_ARM|__EMSCRIPTEN__|__wasm\w*|__ARM\w*)$/,
  },
  {
    name: 'special compilers and sanitizers', present: false, why: 'an ordinary optimized build with gcc',
    headers: /^sanitizer\//, symbols: /^(__clang__|__clang_major__|__APPLE_CC__|__SANITIZE_\w+__|__INTEL_COMPILER|-fsanitize\S*)$/,
  },
];

/** Macros that gcc predefines on each system. */
const PREDEFINED_ON: Readonly<Record<System, readonly string[]>> = {
  linux: ['__linux__', '__linux', 'linux', '__unix__', '__gnu_linux__', '__ELF__'],
  darwin: ['__APPLE__', '__MACH__'],
  windows: ['_WIN32', '_WIN64', '__MINGW32__', '__MINGW64__'],
  netbsd: ['__NetBSD__', '__unix__', '__ELF__'],
};

/** Macros that gcc predefines everywhere on the processor, as far as test programs ask about them. */
const PREDEFINED = new Map<string, number>([
  ['__x86_64__', 1], ['__amd64__', 1], ['__LP64__', 1], ['_LP64', 1], ['__SIZEOF_POINTER__', 8], ['__SIZEOF_INT128__', 16],
  ['__GNUC__', 12], ['__GNUC_MINOR__', 2], ['__GLIBC__', 2], ['__GLIBC_MINOR__', 36], ['__STDC_VERSION__', 201112],
  ['__BYTE_ORDER__', 1234], ['__ORDER_LITTLE_ENDIAN__', 1234], ['__ORDER_BIG_ENDIAN__', 4321], ['__BMI2__', 0],
]);

/** A decision that the host took, kept for the report. */
export interface HostAnswer {
  readonly facility: Facility;
  readonly present: boolean;
}

/** Answers what configure and meson ask of the building host. */
export class Host {
  private readonly asked = new Map<Facility, boolean>();
  private readonly memo = new Map<string, boolean>();

  /**
   * A facility's switch turns the facility.
   * @param define @param without switches that the user turned on and off
   * @param packaged switches that the tree's packaging enables
   */
  constructor(
    private readonly define: ReadonlyMap<string, string>, private readonly without: ReadonlySet<string>, private readonly packaged: ReadonlySet<string> = new Set(),
    readonly os: System = 'linux',
  ) {
    this.predefined = new Map([...PREDEFINED, ...PREDEFINED_ON[os].map((name) => [name, 1] as const)]);
  }

  private readonly predefined: ReadonlyMap<string, number>;
  readonly cpu = 'x86_64';

  /** The facilities that were asked about. */
  get answers(): readonly HostAnswer[] {
    return [...this.asked].map(([facility, present]) => ({ facility, present }));
  }

  hasPackage(name: string): boolean { return this.decide('packages', name); }
  hasHeader(name: string): boolean { return this.decide('headers', name); }
  hasLibrary(name: string): boolean { return this.decide('libraries', name); }
  hasProgram(name: string): boolean { return this.decide('programs', name); }
  hasSymbol(name: string): boolean { return this.decide('symbols', name); }

  private decide(kind: 'packages' | 'headers' | 'libraries' | 'programs' | 'symbols', name: string): boolean {
    const key = `${kind} ${name}`;
    const known = this.memo.get(key);
    if (known !== undefined) return known;
    let present = true;
    for (const facility of FACILITIES) {
      if (facility[kind]?.test(name) !== true) continue;
      present = facility.os === undefined ? facility.present : facility.os === this.os;
      if (facility.switch !== undefined) {
        if (this.without.has(facility.switch)) present = false;
        else if (this.define.has(facility.switch)) present = this.define.get(facility.switch) !== 'n';
        else if (this.packaged.has(facility.switch)) present = true;
      }
      this.asked.set(facility, present);
      break;
    }
    this.memo.set(key, present);
    return present;
  }

  /** Would this test program compile and link? By its headers, its #error lines, and the names that only other systems have. */
  compiles(text: string, flags = ''): boolean {
    if (/-fsanitize|-fno-sanitize|-flto|-std=c\+\+98/.test(flags) && !this.hasSymbol('-fsanitize')) return false;
    if (!this.passesConditions(text)) return false;
    const code = text.replace(/^\s*#.*$/gm, '').match(/[A-Za-z_]\w+/g);
    if (code !== null && !code.every((word) => this.hasSymbol(word))) return false;
    return true;
  }

  /** Walks the preprocessor's conditionals: false at an #error or at the #include of an absent header. Conditions about library versions are taken to suit. */
  private passesConditions(text: string): boolean {
    // true: active; false: not; 'unknown': a condition that only the library's header could decide
    const stack: { state: boolean | 'unknown'; done: boolean }[] = [];
    const active = (): boolean => stack.every((entry) => entry.state === true);
    for (const match of text.matchAll(/^\s*#\s*(\w+)[ \t]*(.*)$/gm)) {
      const rest = match[2] ?? '';
      const top = stack[stack.length - 1];
      switch (match[1]) {
        case 'if': { const state = this.condition(rest); stack.push({ state, done: state !== false }); break; }
        case 'ifdef': { const state = this.defined(rest.trim()); stack.push({ state, done: state }); break; }
        case 'ifndef': { const state = !this.defined(rest.trim()); stack.push({ state, done: state }); break; }
        case 'elif':
          if (top !== undefined) {
            top.state = top.done ? false : this.condition(rest);
            top.done ||= top.state !== false;
          }
          break;
        case 'else': if (top !== undefined) { top.state = !top.done; top.done = true; } break;
        case 'endif': stack.pop(); break;
        case 'error': if (active()) return false; break;
        case 'include': {
          const header = /^[<"]([^>"]+)[>"]/.exec(rest.trim())?.[1];
          if (header !== undefined && active() && !this.hasHeader(header)) return false;
          break;
        }
      }
    }
    return true;
  }

  private defined(name: string): boolean {
    return this.predefined.has(name) || (!/^_/.test(name) && this.hasSymbol(name) && /^[A-Z]/.test(name));
  }

  private condition(text: string): boolean | 'unknown' {
    let unknown = false;
    const source = text.replace(/\/\*.*?\*\//g, ' ')
      .replace(/defined\s*\(?\s*(\w+)\s*\)?/g, (_, name: string) => (this.defined(name) ? '1' : '0'))
      .replace(/\b[A-Za-z_]\w*\b(\s*\()?/g, (name) => {
        const value = this.predefined.get(name);
        if (value !== undefined) return String(value);
        if (/^_/.test(name) && !this.hasSymbol(name)) return '0';
        unknown = true;
        return '0';
      });
    if (unknown) return 'unknown';
    const value = integerExpression(source);
    return value === undefined ? 'unknown' : value !== 0;
  }
}
