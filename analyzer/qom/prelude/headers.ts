import { HYPERVISOR_HEADERS } from './hypervisor.js';
import { KERNEL_HEADERS } from './kernel.js';
import { SOCKET_HEADERS } from './sockets.js';

// Headers whose whole contents are in the prelude.
const IN_PRELUDE = `assert.h ctype.h errno.h fcntl.h getopt.h glib-object.h glib-unix.h gmodule.h glib/gstdio.h glib/gprintf.h gio/gio.h
inttypes.h limits.h memory.h alloca.h malloc.h setjmp.h signal.h stdalign.h stdarg.h stdbool.h stddef.h stdint.h stdio.h stdlib.h
string.h strings.h sched.h sys/param.h sys/select.h sys/signal.h sys/stat.h sys/time.h sys/types.h sys/wait.h sys/ucontext.h sys/cdefs.h scsi/sg.h time.h ucontext.h unistd.h
features.h wchar.h linux/falloc.h linux/compiler.h linux/stddef.h linux/limits.h linux/errno.h asm/errno.h asm/signal.h asm/posix_types.h`;

const MATH = `
#define M_PI 3.14159265358979323846
#define M_LN2 0.69314718055994530942
#define HUGE_VAL (1e1000)
#define INFINITY ((float)1e1000)
#define NAN ((float)(1e1000 - 1e1000))
#define FP_NAN 0
#define FP_INFINITE 1
#define FP_ZERO 2
#define FP_SUBNORMAL 3
#define FP_NORMAL 4
#define isnan(x) __isnan(x)
#define isinf(x) __isinf(x)
#define isfinite(x) __finite(x)
#define signbit(x) __signbit(x)
int __isnan(double x); int __isinf(double x); int __finite(double x); int __signbit(double x);
double fabs(double x); double floor(double x); double ceil(double x); double trunc(double x); double round(double x); double rint(double x); double nearbyint(double x); long lround(double x); long lrint(double x); long long llround(double x); long long llrint(double x); double fmod(double x, double y); double modf(double x, double *i); double frexp(double x, int *e); double ldexp(double x, int e); double scalbn(double x, int e); int ilogb(double x); double logb(double x); double pow(double x, double y); double sqrt(double x); double cbrt(double x); double exp(double x); double exp2(double x); double log(double x); double log2(double x); double log10(double x); double sin(double x); double cos(double x); double tan(double x); double asin(double x); double acos(double x); double atan(double x); double atan2(double y, double x); double sinh(double x); double cosh(double x); double tanh(double x); double hypot(double x, double y); double copysign(double x, double y); double fmin(double x, double y); double fmax(double x, double y); double fma(double x, double y, double z); double nan(const char *s);
float fabsf(float x); float floorf(float x); float ceilf(float x); float truncf(float x); float roundf(float x); float fmodf(float x, float y); float powf(float x, float y); float sqrtf(float x); float expf(float x); float logf(float x); float sinf(float x); float cosf(float x); float fminf(float x, float y); float fmaxf(float x, float y); float ldexpf(float x, int e); float scalbnf(float x, int e); float cbrtf(float x); float exp2f(float x); float log2f(float x); float log10f(float x); float tanf(float x); float atanf(float x); float atan2f(float y, float x); float hypotf(float x, float y); float rintf(float x); float nearbyintf(float x); float copysignf(float x, float y); long lroundf(float x); long lrintf(float x);
`;

const PTHREAD = `
#define PTHREAD_MUTEX_INITIALIZER { { 0 } }
#define PTHREAD_COND_INITIALIZER { { 0 } }
#define PTHREAD_RWLOCK_INITIALIZER { { 0 } }
#define PTHREAD_ONCE_INIT 0
#define PTHREAD_CREATE_JOINABLE 0
#define PTHREAD_CREATE_DETACHED 1
#define PTHREAD_MUTEX_NORMAL 0
#define PTHREAD_MUTEX_RECURSIVE 1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT 0
#define PTHREAD_CANCEL_ENABLE 0
#define PTHREAD_CANCEL_DISABLE 1
#define pthread_cleanup_push(f, a) do { void (*__f)(void *) = (f); void *__a = (a);
#define pthread_cleanup_pop(e) if (e) { __f(__a); } } while (0)
int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *arg); int pthread_join(pthread_t t, void **r); int pthread_detach(pthread_t t); void pthread_exit(void *r) __attribute__((noreturn)); pthread_t pthread_self(void); int pthread_equal(pthread_t a, pthread_t b); int pthread_cancel(pthread_t t); int pthread_kill(pthread_t t, int s); int pthread_sigmask(int how, const sigset_t *s, sigset_t *o); int pthread_setname_np(pthread_t t, const char *n); int pthread_getname_np(pthread_t t, char *n, size_t l); int pthread_setaffinity_np(pthread_t t, size_t n, const cpu_set_t *s); int pthread_getaffinity_np(pthread_t t, size_t n, cpu_set_t *s); int pthread_once(pthread_once_t *o, void (*f)(void)); int pthread_atfork(void (*a)(void), void (*b)(void), void (*c)(void)); int pthread_setcancelstate(int s, int *o); int pthread_setcanceltype(int s, int *o); int pthread_getcpuclockid(pthread_t t, clockid_t *c);
int pthread_attr_init(pthread_attr_t *a); int pthread_attr_destroy(pthread_attr_t *a); int pthread_attr_setdetachstate(pthread_attr_t *a, int s); int pthread_attr_setstacksize(pthread_attr_t *a, size_t n); int pthread_getattr_np(pthread_t t, pthread_attr_t *a); int pthread_attr_getstack(const pthread_attr_t *a, void **p, size_t *n);
int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a); int pthread_mutex_destroy(pthread_mutex_t *m); int pthread_mutex_lock(pthread_mutex_t *m); int pthread_mutex_trylock(pthread_mutex_t *m); int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *t); int pthread_mutex_unlock(pthread_mutex_t *m); int pthread_mutexattr_init(pthread_mutexattr_t *a); int pthread_mutexattr_destroy(pthread_mutexattr_t *a); int pthread_mutexattr_settype(pthread_mutexattr_t *a, int t);
int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a); int pthread_cond_destroy(pthread_cond_t *c); int pthread_cond_signal(pthread_cond_t *c); int pthread_cond_broadcast(pthread_cond_t *c); int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m); int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *t); int pthread_condattr_init(pthread_condattr_t *a); int pthread_condattr_destroy(pthread_condattr_t *a); int pthread_condattr_setclock(pthread_condattr_t *a, clockid_t c);
int pthread_rwlock_init(pthread_rwlock_t *l, const pthread_rwlockattr_t *a); int pthread_rwlock_destroy(pthread_rwlock_t *l); int pthread_rwlock_rdlock(pthread_rwlock_t *l); int pthread_rwlock_wrlock(pthread_rwlock_t *l); int pthread_rwlock_unlock(pthread_rwlock_t *l); int pthread_spin_init(pthread_spinlock_t *l, int s); int pthread_spin_lock(pthread_spinlock_t *l); int pthread_spin_unlock(pthread_spinlock_t *l);
int pthread_key_create(pthread_key_t *k, void (*f)(void *)); int pthread_key_delete(pthread_key_t k); void *pthread_getspecific(pthread_key_t k); int pthread_setspecific(pthread_key_t k, const void *v);
`;

const SEMAPHORE = `
int sem_init(sem_t *s, int shared, unsigned int v); int sem_destroy(sem_t *s); int sem_post(sem_t *s); int sem_wait(sem_t *s); int sem_trywait(sem_t *s); int sem_timedwait(sem_t *s, const struct timespec *t); int sem_getvalue(sem_t *s, int *v);
`;

const POLL = `
struct pollfd { int fd; short events; short revents; }; typedef unsigned long nfds_t;
#define POLLIN 1
#define POLLPRI 2
#define POLLOUT 4
#define POLLERR 8
#define POLLHUP 16
#define POLLNVAL 32
#define POLLRDHUP 0x2000
int poll(struct pollfd *f, nfds_t n, int t); int ppoll(struct pollfd *f, nfds_t n, const struct timespec *t, const sigset_t *s);
`;

const MMAN = `
#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_SHARED 1
#define MAP_PRIVATE 2
#define MAP_SHARED_VALIDATE 3
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_ANON 0x20
#define MAP_GROWSDOWN 0x100
#define MAP_LOCKED 0x2000
#define MAP_NORESERVE 0x4000
#define MAP_POPULATE 0x8000
#define MAP_STACK 0x20000
#define MAP_HUGETLB 0x40000
#define MAP_SYNC 0x80000
#define MAP_FIXED_NOREPLACE 0x100000
#define MAP_FAILED ((void *)-1)
#define MS_ASYNC 1
#define MS_INVALIDATE 2
#define MS_SYNC 4
#define MADV_NORMAL 0
#define MADV_WILLNEED 3
#define MADV_DONTNEED 4
#define MADV_REMOVE 9
#define MADV_DONTFORK 10
#define MADV_HWPOISON 100
#define MADV_MERGEABLE 12
#define MADV_UNMERGEABLE 13
#define MADV_HUGEPAGE 14
#define MADV_NOHUGEPAGE 15
#define MADV_DONTDUMP 16
#define MADV_DODUMP 17
#define MADV_POPULATE_WRITE 23
#define POSIX_MADV_WILLNEED 3
#define POSIX_MADV_DONTNEED 4
#define MCL_CURRENT 1
#define MCL_FUTURE 2
#define MCL_ONFAULT 4
#define MFD_CLOEXEC 1
#define MFD_ALLOW_SEALING 2
#define MFD_HUGETLB 4
#define MREMAP_MAYMOVE 1
#define MREMAP_FIXED 2
void *mmap(void *a, size_t n, int prot, int flags, int fd, off_t o); int munmap(void *a, size_t n); int mprotect(void *a, size_t n, int prot); int msync(void *a, size_t n, int f); int madvise(void *a, size_t n, int f); int posix_madvise(void *a, size_t n, int f); int mlock(const void *a, size_t n); int munlock(const void *a, size_t n); int mlockall(int f); int munlockall(void); void *mremap(void *a, size_t n, size_t m, int f, ...); int memfd_create(const char *n, unsigned int f); int shm_open(const char *n, int f, mode_t m); int shm_unlink(const char *n);
`;

const SMALL: Record<string, string> = {
  'math.h': MATH,
  'pthread.h': PTHREAD,
  'semaphore.h': SEMAPHORE,
  'poll.h': POLL,
  'sys/poll.h': '#include <poll.h>',
  'stdnoreturn.h': '#define noreturn _Noreturn',
  'sys/mman.h': MMAN,
  'float.h': `
#define FLT_RADIX 2
#define FLT_MANT_DIG 24
#define FLT_MAX 3.40282347e+38F
#define FLT_MIN 1.17549435e-38F
#define DBL_DIG 15
#define DBL_MANT_DIG 53
#define DBL_MAX_EXP 1024
#define DBL_MAX 1.7976931348623157e+308
#define DBL_MIN 2.2250738585072014e-308
#define DBL_EPSILON 2.2204460492503131e-16
`,
  'sys/uio.h': `
struct iovec { void *iov_base; size_t iov_len; };
ssize_t readv(int fd, const struct iovec *v, int n); ssize_t writev(int fd, const struct iovec *v, int n); ssize_t preadv(int fd, const struct iovec *v, int n, off_t o); ssize_t pwritev(int fd, const struct iovec *v, int n, off_t o);
`,
  'sys/ioctl.h': `
int ioctl(int fd, unsigned long request, ...);
struct winsize { unsigned short ws_row; unsigned short ws_col; unsigned short ws_xpixel; unsigned short ws_ypixel; };
#define FIONREAD 0x541B
#define FIONBIO 0x5421
#define TIOCGWINSZ 0x5413
#define TIOCSWINSZ 0x5414
#include <linux/ioctl.h>
`,
  'sys/eventfd.h': `
#define EFD_SEMAPHORE 1
#define EFD_CLOEXEC 02000000
#define EFD_NONBLOCK 04000
typedef unsigned long eventfd_t; int eventfd(unsigned int v, int f); int eventfd_read(int fd, eventfd_t *v); int eventfd_write(int fd, eventfd_t v);
`,
  'sys/signalfd.h': `
#define SFD_CLOEXEC 02000000
#define SFD_NONBLOCK 04000
struct signalfd_siginfo { unsigned int ssi_signo; int ssi_errno; int ssi_code; unsigned int ssi_pid; unsigned long __pad[14]; }; int signalfd(int fd, const sigset_t *s, int f);
`,
  'sys/timerfd.h': `
#define TFD_CLOEXEC 02000000
#define TFD_NONBLOCK 04000
int timerfd_create(int c, int f); int timerfd_settime(int fd, int f, const struct itimerspec *n, struct itimerspec *o);
`,
  'sys/epoll.h': `
typedef union epoll_data { void *ptr; int fd; unsigned int u32; unsigned long u64; } epoll_data_t; struct epoll_event { unsigned int events; epoll_data_t data; } __attribute__((packed));
#define EPOLLIN 1
#define EPOLLOUT 4
#define EPOLLERR 8
#define EPOLLHUP 16
#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_DEL 2
#define EPOLL_CTL_MOD 3
#define EPOLL_CLOEXEC 02000000
int epoll_create1(int f); int epoll_ctl(int e, int op, int fd, struct epoll_event *v); int epoll_wait(int e, struct epoll_event *v, int n, int t);
`,
  'sys/utsname.h': `
struct utsname { char sysname[65]; char nodename[65]; char release[65]; char version[65]; char machine[65]; char domainname[65]; }; int uname(struct utsname *u);
`,
  'sys/resource.h': `
typedef unsigned long rlim_t; struct rlimit { rlim_t rlim_cur; rlim_t rlim_max; };
struct rusage { struct timeval ru_utime; struct timeval ru_stime; long ru_maxrss; long __pad[13]; };
#define RLIMIT_CORE 4
#define RLIMIT_NOFILE 7
#define RLIMIT_MEMLOCK 8
#define RLIM_INFINITY 18446744073709551615UL
#define RUSAGE_SELF 0
#define RUSAGE_THREAD 1
int getrlimit(int r, struct rlimit *l); int setrlimit(int r, const struct rlimit *l); int getrusage(int w, struct rusage *u); int getpriority(int a, unsigned int b); int setpriority(int a, unsigned int b, int c);
`,
  'sys/prctl.h': `
#define PR_SET_PDEATHSIG 1
#define PR_SET_DUMPABLE 4
#define PR_SET_NAME 15
#define PR_GET_NAME 16
#define PR_SET_TIMERSLACK 29
#define PR_MCE_KILL 33
#define PR_MCE_KILL_SET 1
#define PR_MCE_KILL_EARLY 1
#define PR_SET_NO_NEW_PRIVS 38
int prctl(int o, ...);
`,
  'sys/auxv.h': `
#define AT_HWCAP 16
#define AT_HWCAP2 26
unsigned long getauxval(unsigned long t);
`,
  'sys/syscall.h': `
#define __NR_gettid 186
#define __NR_futex 202
#define __NR_membarrier 324
#define __NR_userfaultfd 323
#define __NR_arch_prctl 158
#define SYS_arch_prctl 158
#define SYS_gettid 186
#define SYS_futex 202
`,
  'sys/statfs.h': `
struct statfs { long f_type; long f_bsize; unsigned long f_blocks; unsigned long f_bfree; unsigned long f_bavail; unsigned long f_files; unsigned long f_ffree; long f_fsid; long f_namelen; long f_frsize; long f_flags; long f_spare[4]; }; int statfs(const char *p, struct statfs *s); int fstatfs(int fd, struct statfs *s);
`,
  'sys/statvfs.h': `
struct statvfs { unsigned long f_bsize; unsigned long f_frsize; unsigned long f_blocks; unsigned long f_bfree; unsigned long f_bavail; unsigned long f_files; unsigned long f_ffree; unsigned long f_favail; unsigned long f_fsid; unsigned long f_flag; unsigned long f_namemax; int __spare[6]; }; int statvfs(const char *p, struct statvfs *s);
`,
  'sys/shm.h': `
#define SHMLBA 4096
void *shmat(int i, const void *a, int f); int shmdt(const void *a);
`,
  'sys/sysmacros.h': `
#define major(d) ((unsigned int)((((d) >> 8) & 0xfff) | (((d) >> 32) & ~0xfffUL)))
#define minor(d) ((unsigned int)(((d) & 0xff) | (((d) >> 12) & ~0xffUL)))
#define makedev(a, b) ((((dev_t)(a) & 0xfff) << 8) | ((dev_t)(b) & 0xff))
`,
  'sys/file.h': `
#define LOCK_SH 1
#define LOCK_EX 2
#define LOCK_NB 4
#define LOCK_UN 8
int flock(int fd, int op);
`,
  'sys/random.h': 'ssize_t getrandom(void *p, size_t n, unsigned int f);',
  'sys/mount.h': 'int mount(const char *s, const char *t, const char *f, unsigned long m, const void *d); int umount(const char *t);',
  'sys/xattr.h': 'ssize_t getxattr(const char *p, const char *n, void *v, size_t s); int setxattr(const char *p, const char *n, const void *v, size_t s, int f);',
  'sys/inotify.h': 'struct inotify_event { int wd; unsigned int mask; unsigned int cookie; unsigned int len; char name[]; }; int inotify_init1(int f); int inotify_add_watch(int fd, const char *p, unsigned int m); int inotify_rm_watch(int fd, int wd);',
  'dirent.h': `
typedef struct __dirstream DIR; struct dirent { ino_t d_ino; off_t d_off; unsigned short d_reclen; unsigned char d_type; char d_name[256]; };
#define DT_UNKNOWN 0
#define DT_DIR 4
#define DT_REG 8
#define DT_LNK 10
DIR *opendir(const char *p); DIR *fdopendir(int fd); struct dirent *readdir(DIR *d); int closedir(DIR *d); void rewinddir(DIR *d); int dirfd(DIR *d); void seekdir(DIR *d, long o); long telldir(DIR *d);
`,
  'pwd.h': 'struct passwd { char *pw_name; char *pw_passwd; uid_t pw_uid; gid_t pw_gid; char *pw_gecos; char *pw_dir; char *pw_shell; }; struct passwd *getpwnam(const char *n); struct passwd *getpwuid(uid_t u); int getpwnam_r(const char *n, struct passwd *p, char *b, size_t l, struct passwd **r);',
  'grp.h': 'struct group { char *gr_name; char *gr_passwd; gid_t gr_gid; char **gr_mem; }; struct group *getgrnam(const char *n); struct group *getgrgid(gid_t g);',
  'libgen.h': 'char *dirname(char *p); char *basename(char *p);',
  'locale.h': `
#define LC_ALL 6
char *setlocale(int c, const char *l);
`,
  'langinfo.h': `
#define CODESET 14
char *nl_langinfo(int i);
`,
  'syslog.h': `
#define LOG_ERR 3
#define LOG_WARNING 4
#define LOG_INFO 6
#define LOG_PID 1
#define LOG_DAEMON 24
void openlog(const char *i, int o, int f); void syslog(int p, const char *f, ...); void closelog(void);
`,
  'termios.h': `
typedef unsigned int tcflag_t; typedef unsigned char cc_t; typedef unsigned int speed_t; struct termios { tcflag_t c_iflag; tcflag_t c_oflag; tcflag_t c_cflag; tcflag_t c_lflag; cc_t c_line; cc_t c_cc[32]; speed_t c_ispeed; speed_t c_ospeed; };
#define TCSANOW 0
#define TCSADRAIN 1
#define TCSAFLUSH 2
#define IGNBRK 1
#define BRKINT 2
#define PARMRK 010
#define ISTRIP 040
#define INLCR 0100
#define IGNCR 0200
#define ICRNL 0400
#define IXON 02000
#define OPOST 1
#define CSIZE 060
#define CS8 060
#define PARENB 0400
#define ECHO 010
#define ECHONL 0100
#define IEXTEN 0100000
#define VTIME 5
#define VMIN 6
#define ICANON 2
#define ISIG 1
int tcgetattr(int fd, struct termios *t); int tcsetattr(int fd, int a, const struct termios *t);
`,
  'execinfo.h': 'int backtrace(void **b, int n);',
  'dlfcn.h': 'void *dlopen(const char *p, int f); void *dlsym(void *h, const char *n); int dlclose(void *h); char *dlerror(void);',
  'glib.h': '#include <dirent.h>',
  'link.h': '',
  'elf.h': '',
  'endian.h': `
#define __LITTLE_ENDIAN 1234
#define __BIG_ENDIAN 4321
#define __BYTE_ORDER 1234
#define LITTLE_ENDIAN 1234
#define BIG_ENDIAN 4321
#define BYTE_ORDER 1234
`,
  'byteswap.h': `
#define bswap_16(x) __builtin_bswap16(x)
#define bswap_32(x) __builtin_bswap32(x)
#define bswap_64(x) __builtin_bswap64(x)
`,
  'cpuid.h': `
#define bit_SSE2 (1 << 26)
#define bit_AVX (1 << 28)
#define bit_OSXSAVE (1 << 27)
#define bit_AVX2 (1 << 5)
#define bit_BMI (1 << 3)
#define bit_BMI2 (1 << 8)
#define bit_MOVBE (1 << 22)
#define bit_LZCNT (1 << 5)
#define bit_POPCNT (1 << 23)
#define bit_SSE4_1 (1 << 19)
#define bit_AVX512F (1 << 16)
#define bit_AVX512VL (1 << 31)
#define bit_CMOV (1 << 15)
#define bit_AES (1 << 25)
#define bit_PCLMUL (1 << 1)
#define bit_SSE3 (1 << 0)
#define bit_SSSE3 (1 << 9)
#define bit_SSE4_2 (1 << 20)
#define bit_AVX512DQ (1 << 17)
#define bit_AVX512BW (1 << 30)
#define bit_AVX512VBMI2 (1 << 6)
#define bit_GFNI (1 << 8)
#define signature_INTEL_ecx 0x6c65746e
#define signature_AMD_ecx 0x444d4163
void __cpuid_instruction(unsigned int l, unsigned int n, unsigned int *a, unsigned int *b, unsigned int *c, unsigned int *d);
#define __cpuid(l, a, b, c, d) __cpuid_instruction(l, 0, &(a), &(b), &(c), &(d))
#define __cpuid_count(l, n, a, b, c, d) __cpuid_instruction(l, n, &(a), &(b), &(c), &(d))
static inline unsigned int __get_cpuid_max(unsigned int l, unsigned int *s) { unsigned int a, b, c, d; __cpuid(l, a, b, c, d); if (s) *s = b; return a; }
static inline int __get_cpuid(unsigned int l, unsigned int *a, unsigned int *b, unsigned int *c, unsigned int *d) { unsigned int m = __get_cpuid_max(l & 0x80000000, 0); if (m == 0 || m < l) return 0; __cpuid(l, *a, *b, *c, *d); return 1; }
`,
  'numaif.h': 'long mbind(void *a, unsigned long n, int m, const unsigned long *mask, unsigned long max, unsigned f); long set_mempolicy(int m, const unsigned long *mask, unsigned long max);',
  'zlib.h': 'unsigned long crc32(unsigned long c, const unsigned char *b, unsigned int n); unsigned long adler32(unsigned long c, const unsigned char *b, unsigned int n);',
};

function guarded(name: string, text: string): string {
  const guard = `__HEADER_${name.replace(/[^A-Za-z0-9]/g, '_')}`;
  return text === '' ? '' : `#ifndef ${guard}\n#define ${guard}\n${text.trim()}\n#endif\n`;
}

/** Every system header that we know, by the name between < and >. Most are empty, as the prelude has what they declare. */
export const SYSTEM_HEADERS: ReadonlyMap<string, string> = new Map([
  // Xen's public headers: the limit that a fully virtualised guest's tables have
  ['xen/hvm/hvm_info_table.h', '#define HVM_MAX_VCPUS 128\n'],
  ...IN_PRELUDE.split(/\s+/).map((name): [string, string] => [name, '']),
  ...Object.entries({ ...SMALL, ...SOCKET_HEADERS, ...KERNEL_HEADERS, ...HYPERVISOR_HEADERS }).map(([name, text]): [string, string] => [name, guarded(name, text)]),
]);
